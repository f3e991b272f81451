import { type Checker, describe } from '../yaml/checker.ts';
import type { MapEntry, Node } from '../yaml/node.ts';
import type { Resources } from './graph.ts';
import { parseCoordinate } from './parse-axis.ts';
import type { Condition, InputSpec, Located, Override, StageSpec, When } from './spec.ts';
import { parseDuration, parseSize } from './units.ts';

/**
 * Parses a stage, or a profile's changes to one. Every key is optional.
 *
 * @param group the group whose file declares the stage
 */
export function parseStage(
  check: Checker,
  { key: name, keyRange: nameRange, value }: MapEntry,
  group?: string,
): StageSpec {
  const body = check.mapOrEmpty(value, `stage '${name}'`, 'indent its settings below it');
  const known = new Set<string>();
  const read = <T>(key: string, parse: (node: Node) => T | undefined): T | undefined => {
    known.add(key);
    const entry = body?.entries.get(key);
    return entry && parse(entry.value);
  };
  const spec: StageSpec = {
    name,
    nameRange,
    group,
    use: read('use', (node) =>
      parseFileName(check, node, 'use', 'use: train runs stages/train.ts'),
    ),
    matrix: read('matrix', (node) => parseMatrix(check, node)),
    exclude: read('exclude', (node) => parseExclude(check, node)) ?? [],
    inputs: read('inputs', (node) => parseInputs(check, node)) ?? new Map(),
    params: read('params', (node) => check.map(node, `'params'`, 'params: { steps: 1000 }')),
    overrides: read('overrides', (node) => parseOverrides(check, node)) ?? [],
    resources: read('resources', (node) => parseResources(check, node)) ?? {},
    timeout: read('timeout', (node) => parseTime(check, 'timeout', node)),
    retries: read('retries', (node) => check.number(node, `'retries'`, 0, true)),
    backoff: read('backoff', (node) => parseTime(check, 'backoff', node)),
  };
  if (body !== undefined) check.knownKeys(body, `stage '${name}'`, [...known]);
  return spec;
}

/** The name of a file in stages/, without `.ts`. */
export function parseFileName(
  check: Checker,
  node: Node,
  key: string,
  example: string,
): Located<string> | undefined {
  const { range } = node;
  const value = check.string(node, `'${key}'`, example);
  if (value === undefined || check.name(value, 'a stage file', range) === undefined)
    return undefined;
  return { value, range };
}

function parseMatrix(check: Checker, node: Node): readonly Located<string>[] | undefined {
  const example = 'matrix: [game, seed], or matrix: [] for a single instance';
  const names = check.list(node, `'matrix'`, example)?.items.flatMap((item) => {
    const value = check.string(item, 'an axis in a matrix', example);
    return value === undefined ? [] : [{ value, range: item.range }];
  });
  return names?.filter(({ value, range }, i) => {
    const isFirst = names.findIndex((other) => other.value === value) === i;
    if (!isFirst) check.report(range, `the matrix lists axis '${value}' twice`, 'remove one');
    return isFirst;
  });
}

function parseExclude(check: Checker, node: Node): readonly Condition[] {
  const example = 'exclude: [{ game: set, dim: [16, 20] }]';
  const list = check.list(node, `'exclude'`, example);
  return (list?.items ?? []).flatMap((item) => {
    const when = parseWhen(check, item, 'an exclusion', example);
    return when === undefined ? [] : [{ when, range: item.range }];
  });
}

function parseInputs(check: Checker, node: Node): ReadonlyMap<string, InputSpec> {
  const example = 'inputs: { weights: train/weights }';
  const map = check.map(node, `'inputs'`, example);
  const inputs = new Map<string, InputSpec>();
  for (const { key, keyRange, value } of map ? check.named(map, 'an input') : []) {
    const text = check.string(value, `input '${key}'`, example);
    if (text === undefined) continue;
    const parts = text.split('/');
    if (parts.length !== 2 || parts.includes('')) {
      check.report(value.range, `'${text}' does not have the form <stage>/<output>`, example);
      continue;
    }
    const [stage, output] = parts;
    inputs.set(key, { name: key, nameRange: keyRange, stage, output, range: value.range });
  }
  return inputs;
}

function parseOverrides(check: Checker, node: Node): readonly Override[] {
  const example = 'overrides: [{ when: { game: union }, params: { steps: 1600 } }]';
  const list = check.list(node, `'overrides'`, example);
  return (list?.items ?? []).flatMap((item) => {
    const map = check.map(item, 'an override', example);
    if (map === undefined) return [];
    check.knownKeys(map, 'an override', ['when', 'params']);
    const when = map.entries.get('when');
    const params = map.entries.get('params');
    if (when === undefined || params === undefined) {
      const missing = when === undefined ? 'when' : 'params';
      check.report(item.range, `an override needs '${missing}'`, example);
      return [];
    }
    const conditions = parseWhen(
      check,
      when.value,
      `'when'`,
      'when: { game: [union, symdiff], model: contrastive }',
    );
    const changes = check.map(params.value, `'params'`, example);
    if (conditions === undefined || changes === undefined) return [];
    return [{ when: conditions, params: changes, range: item.range }];
  });
}

function parseWhen(check: Checker, node: Node, what: string, example: string): When | undefined {
  const map = check.map(node, what, example);
  if (map === undefined) return undefined;
  if (map.entries.size === 0) {
    return check.report(node.range, `${what} is empty and would match every instance`, example);
  }
  return new Map(
    [...map.entries.values()].map(({ key, keyRange, value }) => {
      const items = value.kind === 'list' ? value.items : [value];
      if (items.length === 0) {
        check.report(value.range, `'${key}' lists no values, so nothing matches`, example);
      }
      const values = items.flatMap((item) => {
        const parsed = parseCoordinate(check, `a value of '${key}'`, item);
        return parsed === undefined ? [] : [parsed];
      });
      return [key, { nameRange: keyRange, values }];
    }),
  );
}

function parseResources(check: Checker, node: Node): Partial<Resources> {
  const map = check.map(node, `'resources'`, 'resources: { cpus: 1, memory: 2GB }');
  if (map === undefined) return {};
  check.knownKeys(map, `'resources'`, ['cpus', 'memory', 'gpus']);
  const read = (key: string) => map.entries.get(key)?.value;
  const [cpus, memory, gpus] = [read('cpus'), read('memory'), read('gpus')];
  const resources: { -readonly [K in keyof Resources]?: number | undefined } = {
    cpus: cpus && check.number(cpus, `'cpus'`, 0.01, false),
    memory: memory && parseMemory(check, memory),
    gpus: gpus && check.number(gpus, `'gpus'`, 0, true),
  };
  const valid = Object.entries(resources).filter(([, value]) => value !== undefined);
  return Object.fromEntries(valid) as Partial<Resources>;
}

function parseMemory(check: Checker, node: Node): number | undefined {
  const example = 'write a number and a unit: 512MB, 4GB, 1.5GiB';
  return parseQuantity(check, node, parseSize, `'memory' must be a size`, example);
}

function parseTime(check: Checker, key: string, node: Node): number | undefined {
  const example = 'write a number and a unit: 90s, 30m, 1h30m';
  return parseQuantity(check, node, parseDuration, `'${key}' must be a duration`, example);
}

function parseQuantity(
  check: Checker,
  node: Node,
  parse: (text: string) => number | undefined,
  expectation: string,
  example: string,
): number | undefined {
  const isString = node.kind === 'scalar' && typeof node.value === 'string';
  const quantity = isString ? parse(String(node.value)) : undefined;
  if (quantity !== undefined) return quantity;
  return check.report(node.range, `${expectation}, not ${describe(node)}`, example);
}
