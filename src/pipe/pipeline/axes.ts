import type { Checker } from '../core/diagnostic.ts';
import type { Place } from '../yaml/place.ts';
import type { Coordinate } from './contract.ts';
import type { AxisDeclaration, AxisValue } from './grammar.ts';
import { type CoordinateList, folderName, formatCoordinates } from './names.ts';
import type { Axis, Point } from './spec.ts';

export const MAX_VALUES = 200_000;

/**
 * Gives every value its coordinates in canonical order; reports equal ones and leaves them out. An axis from a
 * table has no points yet.
 */
export function toAxis(
  check: Checker,
  name: string,
  declared: AxisDeclaration,
  place: Place,
): Axis {
  const isList = Array.isArray(declared);
  if (!isList && typeof declared.from === 'string') {
    const [stage, output] = declared.from.split('/');
    const source = { stage, output, column: declared.column ?? '', place: place.at('from') };
    return { name, place, points: [], source };
  }
  const values = isList ? declared : valuesOfRange(check, name, declared, place);
  const seen = new Set<string>();
  const own = values.flatMap((value: AxisValue, i: number): readonly Omit<Point, 'folder'>[] => {
    const coordinates = toCoordinateList(name, value);
    const text = coordinates.join();
    if (seen.has(text)) {
      const message = `axis '${name}' has ${formatCoordinates(coordinates)} twice`;
      check.report(place.at(i).range, message, 'values must differ as text: remove or change one');
      return [];
    }
    seen.add(text);
    return [{ coordinates, place: isList ? place.at(i) : place }];
  });
  return { name, place, points: withFolders(own) };
}

/** An axis from a table with the values that were found there: no two of them are equal as text. */
export function withValues(axis: Axis, values: readonly Coordinate[]): Axis {
  const own = values.map((value) => ({
    coordinates: toCoordinateList(axis.name, value),
    place: axis.place,
  }));
  return { ...axis, points: withFolders(own) };
}

/** The order becomes part of the instances' ids. */
function toCoordinateList(name: string, value: AxisValue): CoordinateList {
  return Object.entries(typeof value === 'object' ? value : { [name]: value }).sort(([a], [b]) =>
    a === name ? -1 : b === name || a > b ? 1 : -1,
  );
}

function valuesOfRange(
  check: Checker,
  name: string,
  declared: Exclude<AxisDeclaration, readonly AxisValue[]>,
  place: Place,
): readonly number[] {
  const from = Number(declared.from);
  const { to = from, step = 1 } = declared;
  // The last value is not lost to rounding.
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > MAX_VALUES) {
    const message = `axis '${name}' would have ${count} values; the limit is ${MAX_VALUES}`;
    check.report(place.range, message, 'raise its step, or lower its end');
    return [];
  }
  if (count < 1) {
    const hint = 'a range counts upwards: swap from and to';
    check.report(place.range, `axis '${name}' is empty: ${to} is less than ${from}`, hint);
    return [];
  }
  const isWhole = Number.isSafeInteger(from) && Number.isSafeInteger(step);
  return Array.from({ length: count }, (_, i) => {
    const value = from + i * step;
    // 0.3, not 0.30000000000000004.
    return isWhole ? value : Number(value.toPrecision(12));
  });
}

/** A file system may take names that differ only in case for one: there capital letters are escaped. */
function withFolders(points: readonly Omit<Point, 'folder'>[]): readonly Point[] {
  const names = points.map(({ coordinates }) => folderName(coordinates));
  const counts = new Map<string, number>();
  for (const name of names) {
    counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1);
  }
  return points.map((point, i) => {
    const isTwin = (counts.get(names[i].toLowerCase()) ?? 0) > 1;
    return { ...point, folder: isTwin ? folderName(point.coordinates, true) : names[i] };
  });
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
