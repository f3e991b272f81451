import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { DiagnosticsError } from '../core/diagnostic.ts';
import type { Json } from '../core/json.ts';
import type { ParsedParams, StageDescription, StageDirectory } from './graph.ts';
import type { ResolvedStage } from './resolve.ts';

/** Answers for commands, whose params may have a JSON Schema, and passes other questions on. */
export class SchemaDirectory implements StageDirectory {
  readonly #stages: StageDirectory;
  readonly #root: string;
  readonly #pipeline: readonly ResolvedStage[];

  constructor(stages: StageDirectory, root: string, pipeline: readonly ResolvedStage[]) {
    this.#stages = stages;
    this.#root = root;
    this.#pipeline = pipeline;
  }

  describe(modules: readonly string[]): Promise<Readonly<Record<string, StageDescription>>> {
    return this.#stages.describe(modules);
  }

  async parseParams(module: string, params: readonly Json[]): Promise<readonly ParsedParams[]> {
    const stage = this.#pipeline.find((one) => one.module.value === module);
    if (stage?.command === undefined) return await this.#stages.parseParams(module, params);
    if (stage.command.schema === undefined) {
      return params.map((value) => ({ ok: true, params: value }));
    }
    const parser = readJsonSchema(this.#root, stage.command.schema, stage);
    const paramKeys = parser instanceof z.ZodObject ? Object.keys(parser.shape) : [];
    return params.map((value) => {
      const parsed = parser.safeParse(value);
      if (parsed.success) return { ok: true, params: parsed.data as Json };
      const issues = parsed.error.issues.map(({ path, message }) => ({
        path: path.map((step) => (typeof step === 'symbol' ? String(step) : step)),
        message,
      }));
      return { ok: false, issues, paramKeys };
    });
  }

  hasContractOf(module: string, code: string): Promise<boolean> {
    return this.#stages.hasContractOf(module, code);
  }
}

/** @throws {DiagnosticsError} */
function readJsonSchema(root: string, path: string, { declarations }: ResolvedStage): z.ZodType {
  try {
    const json = JSON.parse(readFileSync(join(root, path), 'utf8')) as z.core.JSONSchema.JSONSchema;
    return z.fromJSONSchema(json);
  } catch (error) {
    const message = `${path} is no JSON Schema that can be used: ${(error as Error).message}`;
    const hint = 'write one of type object, of draft 7 or 2020-12, without remote references';
    const declared = declarations.findLast((one) => one.schema !== undefined);
    const range = declared?.place.at('schema').range;
    throw new DiagnosticsError([{ message, hint, ...(range === undefined ? {} : { range }) }]);
  }
}
