import type { SourceRange } from '../core/diagnostic.ts';
import type { Json } from '../core/json.ts';
import type { Coordinates } from './contract.ts';
import type { ParamLayer } from './merge.ts';
import type { MapEntry, MapNode, Node } from './node.ts';

/** Whether an instance has one of the wanted values in every coordinate that `when` names. */
export function matches({ when }: Pick<ParamLayer, 'when'>, axes: Coordinates): boolean {
  if (when === undefined) return true;
  return [...when].every(
    ([name, { values }]) =>
      Object.hasOwn(axes, name) && values.some(({ value }) => String(value) === String(axes[name])),
  );
}

/** Lays params over each other: mappings are merged, everything else is replaced. */
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

/** Adds coordinates to params, as if written where `range` says. */
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

/** Keys sorted, so that the order of writing does not matter. */
export function toJson(node: Node): Json {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toJson);
  const entries = [...node.entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, { value }]) => [key, toJson(value)]));
}

/**
 * Where the value at a path stands; if it is missing, the nearest mapping or list around it.
 *
 * @param fallback for params that are missing altogether
 */
export function locate(
  node: Node,
  path: readonly (string | number)[],
  fallback: SourceRange,
): SourceRange {
  let at = node;
  let range = fallback;
  for (const step of path) {
    if (at.kind === 'map') {
      const entry = at.entries.get(String(step));
      if (entry === undefined) return range;
      range = entry.value.kind === 'scalar' ? entry.value.range : entry.keyRange;
      at = entry.value;
    } else if (at.kind === 'list') {
      const item = at.items[Number(step)];
      if (item === undefined) return range;
      range = item.range;
      at = item;
    } else return range;
  }
  return range;
}

/** Where the key at the end of a path stands, for keys that should not be there. */
export function locateKey(node: Node, path: readonly string[]): SourceRange | undefined {
  let at: Node | undefined = node;
  let range: SourceRange | undefined;
  for (const step of path) {
    const entry: MapEntry | undefined = at?.kind === 'map' ? at.entries.get(step) : undefined;
    range = entry?.keyRange;
    at = entry?.value;
  }
  return range;
}
