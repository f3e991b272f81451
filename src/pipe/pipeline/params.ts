import type { SourceRange } from '../core/diagnostic.ts';
import type { Json } from '../core/json.ts';
import type { MapEntry, MapNode, Node } from '../yaml/node.ts';
import type { Coordinates } from './contract.ts';
import type { ParamLayer } from './merge.ts';

/** Whether an instance has one of the listed values on every axis that `when` names. */
export function matches({ when }: Pick<ParamLayer, 'when'>, axes: Coordinates): boolean {
  if (when === undefined) return true;
  return [...when].every(
    ([name, { values }]) =>
      Object.hasOwn(axes, name) && values.some(({ value }) => String(value) === String(axes[name])),
  );
}

/** Later layers win: mappings are merged, everything else is replaced. */
export function mergeParams(layers: readonly MapNode[], range: SourceRange): MapNode {
  return layers.reduce(mergeMaps, { kind: 'map', entries: new Map(), range });
}

function mergeMaps(base: MapNode, change: MapNode): MapNode {
  const entries = new Map(base.entries);
  for (const [key, entry] of change.entries) {
    const before = entries.get(key);
    const both = before?.value.kind === 'map' && entry.value.kind === 'map';
    const value = both ? mergeMaps(before.value, entry.value) : entry.value;
    entries.set(key, { ...entry, value });
  }
  return { ...change, entries };
}

/** Adds coordinates to params; diagnostics about them point at their ranges. */
export function withCoordinates(
  params: MapNode,
  coordinates: readonly (readonly [string, string | number, SourceRange])[],
): MapNode {
  const added = coordinates.map(([key, value, range]): [string, MapEntry] => [
    key,
    { key, keyRange: range, value: { kind: 'scalar', value, range } },
  ]);
  return { ...params, entries: new Map([...params.entries, ...added]) };
}

/** Keys are sorted, so that the order in the file does not matter. */
export function toJson(node: Node): Json {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toJson);
  const entries = [...node.entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, { value }]) => [key, toJson(value)]));
}

/** The result of `lookUp`; key and value are missing if the path does not exist. */
interface Lookup {
  readonly range: SourceRange;
  readonly keyRange?: SourceRange | undefined;
  readonly value?: Node;
}

/**
 * Follows a path into params.
 *
 * @param fallback range if the first step is missing already
 * @returns the place of the value, or if it is missing of the innermost mapping or list around it
 */
export function lookUp(
  params: Node,
  path: readonly (string | number)[],
  fallback: SourceRange,
): Lookup {
  let result: Lookup = { range: fallback, value: params };
  for (const step of path) {
    const { range, value } = result;
    const entry = value?.kind === 'map' ? value.entries.get(String(step)) : undefined;
    const next = value?.kind === 'list' ? value.items[Number(step)] : entry?.value;
    if (next === undefined) return { range };
    const isScalar = entry === undefined || next.kind === 'scalar';
    result = {
      range: isScalar ? next.range : entry.keyRange,
      keyRange: entry?.keyRange,
      value: next,
    };
  }
  return result;
}
