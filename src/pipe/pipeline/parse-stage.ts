import { describe, type Fields } from './fields.ts';
import type { Resources } from './graph.ts';
import type { MapEntry, Node } from './node.ts';
import { parseCoordinate } from './parse-axis.ts';
import type { Condition, InputSpec, Located, Override, StageSpec, When } from './spec.ts';
import { parseDuration, parseSize } from './units.ts';

const KEYS = [
  'use',
  'matrix',
  'exclude',
  'inputs',
  'params',
  'overrides',
  'resources',
  'timeout',
  'retries',
  'backoff',
];

/**
 * A stage of the pipeline, or a profile's changes to one: every key may be left out.
 *
 * @param group whose file the stage is declared in
 */
export function parseStage(fields: Fields, entry: MapEntry, group?: string): StageSpec {
  const { key: name, keyRange: nameRange, value } = entry;
  const bare: StageSpec = {
    name,
    nameRange,
    group,
    use: undefined,
    matrix: undefined,
    exclude: [],
    inputs: new Map(),
    params: undefined,
    overrides: [],
    resources: {},
    timeout: undefined,
    retries: undefined,
    backoff: undefined,
  };
  // `plot:` alone is a stage without settings.
  if (value.kind === 'scalar' && value.value === null) return bare;
  const body = fields.map(value, `stage '${name}'`, 'write its settings below it, indented');
  if (body === undefined) return bare;
  fields.knownKeys(body, `stage '${name}'`, KEYS);
  const read = <T>(key: string, parse: (node: Node) => T | undefined): T | undefined => {
    const found = body.entries.get(key);
    return found && parse(found.value);
  };
  return {
    ...bare,
    use: read('use', (node) => parseUse(fields, node)),
    matrix: read('matrix', (node) => parseMatrix(fields, node)),
    exclude: read('exclude', (node) => parseExclude(fields, node)) ?? [],
    inputs: read('inputs', (node) => parseInputs(fields, node)) ?? bare.inputs,
    params: read('params', (node) => fields.map(node, `'params'`, 'params: { steps: 1000 }')),
    overrides: read('overrides', (node) => parseOverrides(fields, node)) ?? [],
    resources: read('resources', (node) => parseResources(fields, node)) ?? {},
    timeout: read('timeout', (node) => parseTime(fields, 'timeout', node)),
    retries: read('retries', (node) => fields.number(node, `'retries'`, { least: 0, whole: true })),
    backoff: read('backoff', (node) => parseTime(fields, 'backoff', node)),
  };
}

function parseUse(fields: Fields, node: Node): Located<string> | undefined {
  const example = 'use: train runs stages/train.ts';
  const value = fields.text(node, `'use'`, example);
  if (value === undefined || fields.name(value, 'a stage file', node.range) === undefined) {
    return undefined;
  }
  return { value, range: node.range };
}

function parseMatrix(fields: Fields, node: Node): readonly Located<string>[] | undefined {
  const example = 'matrix: [game, seed], or matrix: [] for a single instance';
  const names = fields.list(node, `'matrix'`, example)?.items.flatMap((item) => {
    const value = fields.text(item, 'an axis in a matrix', example);
    return value === undefined ? [] : [{ value, range: item.range }];
  });
  return names?.filter(({ value, range }, i) => {
    const first = names.findIndex((other) => other.value === value) === i;
    if (!first) fields.report(range, `the matrix has axis '${value}' twice`, 'remove one');
    return first;
  });
}

function parseExclude(fields: Fields, node: Node): readonly Condition[] {
  const example = 'exclude: [{ game: set, dim: [16, 20] }]';
  const list = fields.list(node, `'exclude'`, example);
  return (list?.items ?? []).flatMap((item) => {
    const when = parseWhen(fields, item, 'what is excluded', example);
    return when === undefined ? [] : [{ when, range: item.range }];
  });
}

function parseInputs(fields: Fields, node: Node): ReadonlyMap<string, InputSpec> {
  const example = 'inputs: { weights: train/weights }';
  const map = fields.map(node, `'inputs'`, example);
  const inputs = new Map<string, InputSpec>();
  for (const { key, keyRange, value } of map ? fields.named(map, 'an input') : []) {
    const text = fields.text(value, `input '${key}'`, example);
    if (text === undefined) continue;
    const parts = text.split('/');
    if (parts.length !== 2 || parts.includes('')) {
      fields.report(value.range, `'${text}' is not of the form <stage>/<output>`, example);
      continue;
    }
    const [stage, output] = parts;
    inputs.set(key, { name: key, nameRange: keyRange, stage, output, range: value.range });
  }
  return inputs;
}

function parseOverrides(fields: Fields, node: Node): readonly Override[] {
  const example = 'overrides: [{ when: { game: union }, params: { steps: 1600 } }]';
  const list = fields.list(node, `'overrides'`, example);
  return (list?.items ?? []).flatMap((item) => {
    const map = fields.map(item, 'an override', example);
    if (map === undefined) return [];
    fields.knownKeys(map, 'an override', ['when', 'params']);
    const when = map.entries.get('when');
    const params = map.entries.get('params');
    if (when === undefined || params === undefined) {
      const lacking = when === undefined ? 'when' : 'params';
      fields.report(item.range, `an override without '${lacking}'`, example);
      return [];
    }
    const conditions = parseWhen(
      fields,
      when.value,
      `'when'`,
      'when: { game: [union, symdiff], model: contrastive }',
    );
    const changes = fields.map(params.value, `'params'`, example);
    if (conditions === undefined || changes === undefined) return [];
    return [{ when: conditions, params: changes, range: item.range }];
  });
}

function parseWhen(fields: Fields, node: Node, what: string, example: string): When | undefined {
  const map = fields.map(node, what, example);
  if (map === undefined) return undefined;
  if (map.entries.size === 0) {
    return fields.report(node.range, `${what} is empty: it would match all`, example);
  }
  return new Map(
    [...map.entries.values()].map(({ key, keyRange, value }) => {
      const items = value.kind === 'list' ? value.items : [value];
      if (items.length === 0) {
        fields.report(value.range, `'${key}' lists no value, so nothing matches`, example);
      }
      const values = items.flatMap((item) => {
        const parsed = parseCoordinate(fields, `a value of '${key}'`, item);
        return parsed === undefined ? [] : [parsed];
      });
      return [key, { nameRange: keyRange, values }];
    }),
  );
}

function parseResources(fields: Fields, node: Node): Partial<Resources> {
  const map = fields.map(node, `'resources'`, 'resources: { cpus: 1, memory: 2GB }');
  if (map === undefined) return {};
  fields.knownKeys(map, `'resources'`, ['cpus', 'memory', 'gpus']);
  const [cpus, memory, gpus] = ['cpus', 'memory', 'gpus'].map((key) => map.entries.get(key)?.value);
  const resources: { -readonly [K in keyof Resources]?: number | undefined } = {
    cpus: cpus && fields.number(cpus, `'cpus'`, { least: 0.01, whole: false }),
    memory: memory && parseMemory(fields, memory),
    gpus: gpus && fields.number(gpus, `'gpus'`, { least: 0, whole: true }),
  };
  const given = Object.entries(resources).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<Resources>;
}

function parseMemory(fields: Fields, node: Node): number | undefined {
  const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
  return (
    parseSize(text) ??
    fields.report(
      node.range,
      `'memory' must be a size, not ${describe(node)}`,
      'write a number and a unit: 512MB, 4GB, 1.5GiB',
    )
  );
}

function parseTime(fields: Fields, key: string, node: Node): number | undefined {
  const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
  return (
    parseDuration(text) ??
    fields.report(
      node.range,
      `'${key}' must be a duration, not ${describe(node)}`,
      'write a number and a unit: 90s, 30m, 1h30m',
    )
  );
}
