import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { commandOf } from '../pipeline/command.ts';
import { type JsonSchema, openParams } from '../pipeline/open-params.ts';
import type { ProjectParts, StagePart } from '../pipeline/project-schema.ts';
import type { PipelineSpec, StageSpec } from '../pipeline/spec.ts';
import type { LoadFailure, StageSchema } from '../workers/protocol.ts';
import type { Project } from './project.ts';

type Schemas = Readonly<Record<string, StageSchema | LoadFailure>>;

/**
 * What editors can know of a project: its declaration, and what the code of its stages says.
 *
 * @param warn told of a declared stage of which nothing can be known now
 * @throws {DiagnosticsError} on mistakes in pipeline.yaml
 */
export async function projectParts(
  project: Project,
  warn: (message: string) => void,
): Promise<ProjectParts> {
  const spec = await project.declared();
  const { codes, snapshot, root } = project;
  const hooks = [spec.doctor, spec.report];
  const modules = Object.keys(codes).filter((name) => !hooks.includes(name));
  const schemas = await askFor(
    project,
    modules.filter((name) => 'digest' in codes[name]),
  );
  const declared = [...spec.stages.values()];
  const parts = declared.map((stage) => partOf(stage, schemas, root, warn));
  const names = new Set(declared.map(({ name }) => name));
  // A file that is no stage yet: its name completes to one.
  const others = modules.flatMap((module): readonly StagePart[] => {
    const schema = schemas[module];
    if (names.has(module) || module.includes('/') || schema === undefined || 'error' in schema) {
      return [];
    }
    return [fromFile(module, module, schema)];
  });
  return {
    stages: [...parts, ...others],
    axes: [...spec.axes.keys()],
    outputs: outputsOf(spec, schemas),
    groups: snapshot.groups,
    stageFiles: modules.filter((name) => !name.includes('/')),
  };
}

async function askFor(project: Project, modules: readonly string[]): Promise<Schemas> {
  if (modules.length === 0) return {};
  const reply = await project.pool.ask({ type: 'schemas', modules });
  if (reply.type !== 'schemas') throw new Error(`a worker answered '${reply.type}'`);
  return reply.stages;
}

function partOf(
  stage: StageSpec,
  schemas: Schemas,
  root: string,
  warn: (message: string) => void,
): StagePart {
  const { name } = stage;
  const command = commandOf([stage]);
  if (command !== undefined) {
    const params = command.schema === undefined ? undefined : readParams(root, command.schema);
    if (typeof params === 'string') warn(`the params of '${name}' are not checked: ${params}`);
    return {
      name,
      description: command.argv.join(' '),
      ...(typeof params === 'object' ? { params } : {}),
    };
  }
  const module = moduleOf(stage);
  const schema = schemas[module];
  if (schema !== undefined && !('error' in schema)) return fromFile(name, module, schema);
  const why = schema === undefined ? 'it is missing or cannot be used' : schema.error;
  warn(`'${name}' is not checked: stages/${module}.ts: ${why}`);
  return { name, description: `stages/${module}.ts` };
}

function fromFile(name: string, module: string, { inputs, params }: StageSchema): StagePart {
  return {
    name,
    description: `stages/${module}.ts`,
    inputs: Object.keys(inputs),
    ...(params === undefined ? {} : { params }),
  };
}

function moduleOf({ name, use = name, group }: StageSpec): string {
  return group === undefined ? use : `${group}/${use}`;
}

/** @returns why there is none */
function readParams(root: string, path: string): JsonSchema | string {
  try {
    const schema = z.fromJSONSchema(JSON.parse(readFileSync(join(root, path), 'utf8')));
    const options = { target: 'draft-07', io: 'input', unrepresentable: 'any' } as const;
    return openParams(z.toJSONSchema(schema, options) as JsonSchema);
  } catch (error) {
    return `${path} is no JSON Schema that can be used: ${(error as Error).message}`;
  }
}

function outputsOf({ stages }: PipelineSpec, schemas: Schemas): readonly string[] {
  return [...stages.values()].flatMap((stage) => {
    const schema = schemas[moduleOf(stage)];
    const made =
      commandOf([stage])?.outputs ??
      (schema === undefined || 'error' in schema ? {} : schema.outputs);
    return Object.keys(made).map((output) => `${stage.name}/${output}`);
  });
}
