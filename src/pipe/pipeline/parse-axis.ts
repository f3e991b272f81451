import type { SourceRange } from '../core/diagnostic.ts';
import { type Checker, describe } from '../yaml/checker.ts';
import type { MapEntry, Node } from '../yaml/node.ts';
import type { Coordinate } from './contract.ts';
import { formatCoordinates } from './names.ts';
import type { Axis, Located, Point } from './spec.ts';

/** Values of axes; they become parts of folder names and of selectors. */
export const VALUE = /^[A-Za-z0-9_+-][A-Za-z0-9_.+-]{0,63}$/;

/**
 * `game: [set, star]`, or `model: [{ model: contrastive, dim: 8 }, { model: noncontrastive }]`.
 * Invalid values are reported and left out.
 */
export function parseAxis(check: Checker, entry: MapEntry): Axis {
  const { key: name, keyRange: nameRange, value } = entry;
  const list = check.list(value, `axis '${name}'`, `write its values in brackets: ${name}: [1, 2]`);
  if (list?.items.length === 0) {
    check.report(value.range, `axis '${name}' is empty`, 'give it at least one value');
  }
  const seen = new Map<string, Point>();
  const points: Point[] = [];
  for (const item of list?.items ?? []) {
    const point = parsePoint(check, name, item);
    if (point === undefined) continue;
    // Compared as in folder names, on a file system that may ignore case.
    const text = point.coordinates.join().toLowerCase();
    if (seen.has(text)) {
      const hint = 'values must differ as text and in more than case: remove or change one';
      check.report(
        item.range,
        `axis '${name}' has ${formatCoordinates(point.coordinates)} twice`,
        hint,
      );
    } else points.push(point);
    seen.set(text, point);
  }
  return { name, nameRange, points };
}

function parsePoint(check: Checker, axis: string, node: Node): Point | undefined {
  if (node.kind !== 'map') {
    const value = parseCoordinate(check, `a value of axis '${axis}'`, node);
    return value && { coordinates: [[axis, value.value]], range: node.range };
  }
  const coordinates: (readonly [string, Coordinate])[] = [];
  const mistakes = check.diagnostics.length;
  for (const { key, value } of check.named(node, 'a coordinate')) {
    const coordinate = parseCoordinate(check, `'${key}'`, value);
    if (coordinate !== undefined) coordinates.push([key, coordinate.value]);
  }
  if (node.entries.size === 0) {
    return check.report(node.range, `a value of axis '${axis}' is an empty mapping`, 'remove it');
  }
  if (check.diagnostics.length > mistakes) return undefined;
  // Canonical order, since the order becomes part of the instances' ids.
  coordinates.sort(([a], [b]) => (a === axis ? -1 : b === axis || a > b ? 1 : -1));
  return { coordinates, range: node.range };
}

/** A string or a number that is safe as part of a path. */
export function parseCoordinate(
  check: Checker,
  what: string,
  node: Node,
): Located<Coordinate> | undefined {
  if (
    node.kind !== 'scalar' ||
    (typeof node.value !== 'string' && typeof node.value !== 'number')
  ) {
    const hint = 'write a string or a number';
    return check.report(
      node.range,
      `${what} must be a string or a number, not ${describe(node)}`,
      hint,
    );
  }
  if (!VALUE.test(String(node.value))) {
    const hint =
      'values name folders: use only letters, digits and _ . + -; no leading dot; at most 64 characters';
    return check.report(node.range, `'${node.value}' is not valid as ${what}`, hint);
  }
  return { value: node.value, range: node.range };
}

/** Reports axes that set the same coordinate. */
export function checkCoordinates(check: Checker, axes: ReadonlyMap<string, Axis>): void {
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
        const message = `axis '${axis}' sets '${name}', which axis '${owner.axis}' also sets`;
        check.report(range, message, 'rename it here, or merge the two axes');
      }
    }
  }
}
