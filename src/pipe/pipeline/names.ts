import type { Coordinate } from './contract.ts';
import type { InstanceId } from './graph.ts';

/** Coordinates in canonical order: axes sorted by name, an axis's own coordinate first. */
export type CoordinateList = readonly (readonly [string, Coordinate])[];

/** Names of stages, axes and profiles; they become parts of paths and of selectors. */
export const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Characters of a value of an axis; a folder name takes more of it, where they are escaped. */
export const MAX_VALUE = 200;

/** Whether a text can be the value of an axis: it becomes part of ids, messages and folder names. */
export function isAxisText(text: string): boolean {
  return text.length > 0 && text.length <= MAX_VALUE && !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text);
}

export function isName(text: string): boolean {
  return NAME.test(text);
}

/** What stands for itself in an id and in a selector; everything else is written as a JSON string. */
const BARE = /^(?!\s)[^"[\],=\\]+(?<!\s)$/;

/** A value as in ids, selectors and messages: `small`, `été 2020/a`, `"a, b"`. */
function formatValue(value: Coordinate): string {
  const text = String(value);
  return BARE.test(text) ? text : JSON.stringify(text);
}

/** `model=small,seed=1` */
export function formatCoordinates(coordinates: CoordinateList): string {
  return coordinates.map(([name, value]) => `${name}=${formatValue(value)}`).join(',');
}

/** Not a part of a file name that every system takes: these, and a dot at either end. */
const UNSAFE = /[^A-Za-z0-9_.+-]|^\.|\.$/gu;
const UPPER = /[^a-z0-9_.+-]|^\.|\.$/gu;

/**
 * A value as part of a folder name: the bytes of all but letters, digits and `_ . + -` as `%xx`, in lower
 * case, as in `%c3%a9t%c3%a9%202020%2fa`. Different values differ, also where the file system takes `é`
 * and `e´` for one.
 *
 * @param isFolded escapes capital letters too, for values that differ from others only in case
 */
export function escapeValue(value: Coordinate, isFolded = false): string {
  return String(value).replace(isFolded ? UPPER : UNSAFE, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

/** `model=small,seed=1` as the name of a folder. */
export function folderName(coordinates: CoordinateList, isFolded = false): string {
  return coordinates.map(([name, value]) => `${name}=${escapeValue(value, isFolded)}`).join(',');
}

/**
 * `train[model=small,seed=1]`, or `plot` for a stage without axes.
 *
 * @param where formatted coordinates
 */
export function instanceId(stage: string, where: string): InstanceId {
  return where === '' ? stage : `${stage}[${where}]`;
}

/** `train[model=small,seed=1]` -> `train` */
export function stageOf(id: InstanceId): string {
  return id.split('[', 1)[0];
}

/**
 * `artifacts/train/model=small,seed=1`, relative to the project.
 *
 * @param where see `folderName`
 */
export function instanceFolder(stage: string, where: string): string {
  return where === '' ? `artifacts/${stage}` : `artifacts/${stage}/${where}`;
}

/** Numbers come first, by size; then strings, by code unit. */
function compareCoordinates(a: Coordinate, b: Coordinate): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Coordinate by coordinate; a prefix comes before the longer list. */
export function compareCoordinateLists(a: CoordinateList, b: CoordinateList): number {
  for (const [i, [name, value]] of a.entries()) {
    if (i >= b.length) return 1;
    const [otherName, otherValue] = b[i];
    if (name !== otherName) return name < otherName ? -1 : 1;
    const order = compareCoordinates(value, otherValue);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
