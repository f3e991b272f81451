import type { SourceRange } from '../core/diagnostic.ts';
import type { Coordinate } from './contract.ts';
import { describe, type Fields } from './fields.ts';
import { formatCoordinates } from './names.ts';
import type { MapEntry, Node } from './node.ts';
import type { Axis, Located, Point } from './spec.ts';

/** Values become parts of folder names and of selectors. */
export const VALUE = /^[A-Za-z0-9_+-][A-Za-z0-9_.+-]{0,63}$/;

/**
 * `game: [set, star]`, or `model: [{ model: contrastive, dim: 8 }, { model: noncontrastive }]`.
 * After a mistake an axis without points stands for the one that was meant.
 */
export function parseAxis(fields: Fields, entry: MapEntry): Axis {
  const { key: name, keyRange: nameRange, value } = entry;
  const list = fields.list(
    value,
    `axis '${name}'`,
    `write its values in brackets: ${name}: [1, 2]`,
  );
  if (list?.items.length === 0) {
    fields.report(value.range, `axis '${name}' is empty`, 'give it at least one value');
  }
  const seen = new Map<string, Point>();
  const points: Point[] = [];
  for (const item of list?.items ?? []) {
    const point = parsePoint(fields, name, item);
    if (point === undefined) continue;
    // Compared as the text of the folder, which may lie on a file system that ignores case.
    const text = point.coordinates.join().toLowerCase();
    if (seen.has(text)) {
      const hint = 'values must differ as text, and in more than case: remove or change one';
      fields.report(
        item.range,
        `axis '${name}' has ${formatCoordinates(point.coordinates)} twice`,
        hint,
      );
    } else points.push(point);
    seen.set(text, point);
  }
  return { name, nameRange, points };
}

function parsePoint(fields: Fields, axis: string, node: Node): Point | undefined {
  if (node.kind !== 'map') {
    const value = parseCoordinate(fields, `a value of axis '${axis}'`, node);
    return value && { coordinates: [[axis, value.value]], range: node.range };
  }
  const coordinates: (readonly [string, Coordinate])[] = [];
  const wrong = fields.diagnostics.length;
  for (const { key, value } of fields.named(node, 'a coordinate')) {
    const coordinate = parseCoordinate(fields, `'${key}'`, value);
    if (coordinate !== undefined) coordinates.push([key, coordinate.value]);
  }
  if (node.entries.size === 0) {
    return fields.report(node.range, `a value of axis '${axis}' sets nothing`, 'remove it');
  }
  if (fields.diagnostics.length > wrong) return undefined;
  // The order of writing must not matter: it would be part of the instances' names.
  coordinates.sort(([a], [b]) => (a === axis ? -1 : b === axis || a > b ? 1 : -1));
  return { coordinates, range: node.range };
}

/** A text or a number that is safe as part of a path. */
export function parseCoordinate(
  fields: Fields,
  what: string,
  node: Node,
): Located<Coordinate> | undefined {
  if (
    node.kind !== 'scalar' ||
    (typeof node.value !== 'string' && typeof node.value !== 'number')
  ) {
    const hint = 'write a text or a number';
    return fields.report(
      node.range,
      `${what} must be a text or a number, not ${describe(node)}`,
      hint,
    );
  }
  if (!VALUE.test(String(node.value))) {
    const hint = 'it names folders: use letters, digits and _ . + - only, no . first, at most 64';
    return fields.report(node.range, `'${node.value}' cannot be ${what}`, hint);
  }
  return { value: node.value, range: node.range };
}

/** The axes must not set the same coordinate: reports those that do. */
export function checkCoordinates(fields: Fields, axes: ReadonlyMap<string, Axis>): void {
  const owners = new Map<string, { readonly axis: string; readonly range: SourceRange }>();
  for (const { name, nameRange } of axes.values()) {
    owners.set(name, { axis: name, range: nameRange });
  }
  for (const { name: axis, points } of axes.values()) {
    for (const { coordinates, range } of points) {
      for (const [name] of coordinates) {
        const owner = owners.get(name) ?? { axis, range };
        owners.set(name, owner);
        if (owner.axis === axis) continue;
        const hint = `'${name}' belongs to axis '${owner.axis}': rename it here, or join the two axes`;
        fields.report(range, `axis '${axis}' sets '${name}', which another axis sets too`, hint);
      }
    }
  }
}
