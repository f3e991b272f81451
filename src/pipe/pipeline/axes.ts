import type { Checker } from '../core/diagnostic.ts';
import type { Place } from '../yaml/place.ts';
import type { AxisValue } from './grammar.ts';
import { formatCoordinates } from './names.ts';
import type { Axis, Point } from './spec.ts';

/** Gives every value its coordinates in canonical order; reports equal ones and leaves them out. */
export function toAxis(
  check: Checker,
  name: string,
  values: readonly AxisValue[],
  place: Place,
): Axis {
  const seen = new Set<string>();
  const points = values.flatMap((value, i): readonly Point[] => {
    // The order becomes part of the instances' ids.
    const coordinates = Object.entries(typeof value === 'object' ? value : { [name]: value }).sort(
      ([a], [b]) => (a === name ? -1 : b === name || a > b ? 1 : -1),
    );
    // Compared as in folder names, on a file system that may ignore case.
    const text = coordinates.join().toLowerCase();
    if (seen.has(text)) {
      const message = `axis '${name}' has ${formatCoordinates(coordinates)} twice`;
      const hint = 'values must differ as text and in more than case: remove or change one';
      check.report(place.at(i).range, message, hint);
      return [];
    }
    seen.add(text);
    return [{ coordinates, place: place.at(i) }];
  });
  return { name, place, points };
}

/** Reports axes that set the same coordinate. */
export function checkCoordinates(check: Checker, axes: ReadonlyMap<string, Axis>): void {
  const owners = new Map([...axes.keys()].map((name) => [name, name]));
  for (const { name: axis, points } of axes.values()) {
    for (const { coordinates, place } of points) {
      for (const [name] of coordinates) {
        const owner = owners.get(name) ?? axis;
        owners.set(name, owner);
        if (owner === axis) continue;
        const message = `axis '${axis}' sets '${name}', which axis '${owner}' also sets`;
        check.report(place.range, message, 'rename it here, or merge the two axes');
      }
    }
  }
}
