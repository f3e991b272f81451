import type { SourceRange } from '../core/diagnostic.ts';
import { canonicalJson, type Json } from '../core/json.ts';
import type { Step } from '../yaml/place.ts';
import type { Coordinates } from './contract.ts';
import type { Params } from './grammar.ts';
import type { Condition, Located } from './spec.ts';

/** Whether an instance meets a condition. */
export function matches({ when }: Condition, axes: Coordinates): boolean {
  return Object.entries(when).every(
    ([name, values]) =>
      Object.hasOwn(axes, name) && values.some((value) => String(value) === String(axes[name])),
  );
}

/**
 * Later layers win: mappings are merged, everything else is replaced. Keys are sorted, so that the order
 * in the file does not matter.
 */
export function mergeParams(layers: readonly Located<Params>[]): Params {
  return JSON.parse(canonicalJson(layers.map(({ value }) => value).reduce(mergeMaps, {})));
}

function mergeMaps(base: Params, change: Params): Params {
  const merged: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const before = Object.hasOwn(base, key) ? base[key] : undefined;
    merged[key] = isMap(before) && isMap(value) ? mergeMaps(before, value) : value;
  }
  return merged;
}

function isMap(value: Json | undefined): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path; `undefined` if it does not exist. */
export function valueAt(params: Json, path: readonly Step[]): Json | undefined {
  return path.reduce<Json | undefined>((value, step) => {
    const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
    return isThere ? (value as Readonly<Record<Step, Json>>)[step] : undefined;
  }, params);
}

/**
 * Where a param was set last, or if it is missing the innermost mapping or list around it: a mapping's
 * key, any other value.
 *
 * @param fallback range if the first step is missing already
 */
export function rangeOfParam(
  layers: readonly Located<Params>[],
  path: readonly Step[],
  fallback: SourceRange,
  part?: 'key',
): SourceRange {
  for (let length = path.length; length > 0; length -= 1) {
    const own = path.slice(0, length);
    const layer = layers.findLast(({ value }) => valueAt(value, own) !== undefined);
    if (layer === undefined) continue;
    const place = layer.place.at(...own);
    const isContainer = typeof valueAt(layer.value, own) === 'object';
    return part === 'key' || isContainer ? place.key : place.range;
  }
  return fallback;
}
