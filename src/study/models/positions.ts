import { FARTHEST } from './configuration.ts';

/** Number of roles: operator, first card, second card, mark (`start` and `end`). */
export const ROLES = 4;
/** Rows of a distance table: -FARTHEST .. FARTHEST, and one for distances from or to a mark. */
export const DISTANCES = 2 * FARTHEST + 2;

/** Tokens of a query with `pairs` pairs: `start c1 c2 op c1 c2 ... end`. */
export function lengthOf(pairs: number): number {
  return 3 * pairs + 1;
}

/** Role of each token of a query of T tokens. // [T] */
export function rolesOf(length: number): Int32Array {
  return Int32Array.from({ length }, (_, t) => (isMark(t, length) ? ROLES - 1 : t % 3));
}

/**
 * Row of the distance bias for (from, to), row-major: how many tokens apart they are in the sequence
 * as it is read, without the empty slots of a short query. // [T * T]
 */
export function distancesOf(length: number): Int32Array {
  return Int32Array.from({ length: length ** 2 }, (_, i) => {
    const from = Math.floor(i / length);
    const to = i % length;
    if (isMark(from, length) || isMark(to, length)) return DISTANCES - 1;
    return Math.max(-FARTHEST, Math.min(FARTHEST, to - from)) + FARTHEST;
  });
}

function isMark(t: number, length: number): boolean {
  return t === 0 || t === length - 1;
}
