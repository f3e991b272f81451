import type { Coordinate } from './contract.ts';
import type { InstanceId } from './graph.ts';

/** Coordinates in canonical order: axes sorted by name, an axis's own coordinate first. */
export type CoordinateList = readonly (readonly [string, Coordinate])[];

/** `model=small,seed=1` */
export function formatCoordinates(coordinates: CoordinateList): string {
  return coordinates.map(([name, value]) => `${name}=${value}`).join(',');
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
 * @param where formatted coordinates
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
