import type { Json } from '../core/json.ts';
import { renderSchema } from './grammar.ts';
import type { JsonSchema } from './open-params.ts';

/** What a project declares and its stages say about themselves. */
export interface ProjectParts {
  readonly stages: readonly StagePart[];
  readonly axes: readonly string[];
  /** `<stage>/<output>` of every stage that is declared. */
  readonly outputs: readonly string[];
  readonly groups: readonly string[];
  readonly stageFiles: readonly string[];
}

export interface StagePart {
  readonly name: string;
  /** For people: where it is implemented. */
  readonly description: string;
  /** Names of the inputs of its contract; `undefined` where its declaration has any it likes. */
  readonly inputs?: readonly string[];
  /** Of its params, by `openParams`. */
  readonly params?: JsonSchema;
}

const DEFINITIONS = '#/definitions';

/**
 * JSON Schema of a project's pipeline.yaml and group files: what the stages' code says is checked, as are the
 * names of their inputs and their params; what the files themselves declare is offered, as are axes and outputs.
 */
export function renderProjectSchema(parts: ProjectParts): string {
  const base = JSON.parse(renderSchema()) as Base;
  const definitions: Record<string, Json> = { ...base.definitions };
  const axisProperties = refs(parts.axes, () => 'axis');
  const stageProperties = refs(
    parts.stages.map(({ name }) => name),
    (name) => `stage.${name}`,
  );
  const { profile, stage } = base.definitions;
  definitions.profile = {
    ...profile,
    properties: withNames(profile.properties, axisProperties, stageProperties),
  };
  definitions.stage = {
    ...stage,
    properties: {
      ...stage.properties,
      use: offering(stage.properties.use, parts.stageFiles),
      matrix: {
        ...stage.properties.matrix,
        items: offering({ type: 'string' }, parts.axes),
      },
    },
  };
  definitions.source = {
    anyOf: [{ enum: parts.outputs }, { type: 'string' }, { $ref: `${DEFINITIONS}/raw` }],
  };
  for (const part of parts.stages) Object.assign(definitions, definitionsOf(part));
  const properties = {
    ...withNames(base.properties, axisProperties, stageProperties),
    groups: { ...base.properties.groups, items: offering({ type: 'string' }, parts.groups) },
  };
  return `${JSON.stringify({ ...base, properties, definitions }, null, 2)}\n`;
}

type Properties = Readonly<Record<string, JsonSchema>>;

interface Base extends JsonSchema {
  readonly properties: Properties;
  readonly definitions: Readonly<Record<string, JsonSchema & { readonly properties: Properties }>>;
}

function refs(names: readonly string[], target: (name: string) => string): JsonSchema {
  return Object.fromEntries(
    names.map((name) => [name, { $ref: `${DEFINITIONS}/${target(name)}` }]),
  );
}

function withNames(properties: Properties, axes: JsonSchema, stages: JsonSchema): Properties {
  return {
    ...properties,
    axes: { ...properties.axes, properties: axes },
    stages: { ...properties.stages, properties: stages },
  };
}

/** Completes to these texts, and refuses no others. */
function offering(schema: JsonSchema, texts: readonly string[]): JsonSchema {
  return texts.length === 0 ? schema : { ...schema, anyOf: [{ enum: texts }, { type: 'string' }] };
}

function definitionsOf({ name, description, inputs, params }: StagePart): JsonSchema {
  const paramsName = `params.${name}`;
  const ref = { $ref: `${DEFINITIONS}/${paramsName}` };
  const declared: Record<string, Json> = {
    ...(params === undefined
      ? {}
      : { params: ref, overrides: { items: { properties: { params: ref } } } }),
    ...(inputs === undefined
      ? { inputs: { additionalProperties: { $ref: `${DEFINITIONS}/source` } } }
      : { inputs: { properties: refs(inputs, () => 'source'), additionalProperties: false } }),
  };
  const stage = {
    allOf: [{ $ref: `${DEFINITIONS}/stage` }, { properties: declared }],
  };
  return {
    [`stage.${name}`]: { description, anyOf: [stage, { type: 'null' }] },
    ...(params === undefined ? {} : { [paramsName]: movedTo(paramsName, params) as JsonSchema }),
  };
}

/** A schema whose references are to itself, as a part of another. */
function movedTo(name: string, schema: Json): Json {
  if (Array.isArray(schema)) return schema.map((one) => movedTo(name, one));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      const isOwn = key === '$ref' && typeof value === 'string' && value.startsWith('#');
      return [
        key,
        isOwn ? `${DEFINITIONS}/${name}${(value as string).slice(1)}` : movedTo(name, value),
      ];
    }),
  );
}
