import { FARTHEST, type QueryLayout } from './configuration.ts';

/** Where tokens stand, as indices into the position tables; the same for every query of a batch. */
export interface Positions {
  /** Which pair the token belongs to; N for `start` and `end`. // [T] */
  readonly slots: Int32Array;
  /** Operator, first card, second card, or mark. // [T] */
  readonly roles: Int32Array;
  /** Row of the distance bias for (from, to), row-major. // [T, T] */
  readonly distances: Int32Array;
}

/** Number of roles: operator, first card, second card, mark (`start` and `end`). */
export const ROLES = 4;
/** Rows of a distance table: -FARTHEST .. FARTHEST, and one for distances from or to a mark. */
export const DISTANCES = 2 * FARTHEST + 2;

/** Tokens of a query with `pairs` pairs. */
export const lengthOf = (pairs: number): number => 3 * pairs + 1;

/**
 * Positions of a query whose pairs stand in `filled` of the layout's N slots, the empty ones left
 * out: `start c1 c2 op c1 c2 ... end` has 3 * filled.length + 1 tokens.
 *
 * @param filled slots in ascending order, e.g. [0, 1, 2, 3, 4] for a full query of five pairs
 */
export function positionsOf(
  layout: Extract<QueryLayout, { kind: 'pairs' }>,
  filled: readonly number[],
): Positions {
  const end = 3 * layout.pairs;
  const places = [
    0,
    ...filled.flatMap((slot, i) =>
      (i === 0 ? [] : [3 * slot]).concat([3 * slot + 1, 3 * slot + 2]),
    ),
    end,
  ];
  const isMark = (place: number) => place === 0 || place === end;
  const slots = places.map((place) => (isMark(place) ? layout.pairs : Math.floor(place / 3)));
  const roles = places.map((place) => (isMark(place) ? ROLES - 1 : place % 3));
  const distances = places.flatMap((from) =>
    places.map((to) =>
      isMark(from) || isMark(to)
        ? DISTANCES - 1
        : Math.max(-FARTHEST, Math.min(FARTHEST, to - from)) + FARTHEST,
    ),
  );
  return {
    slots: Int32Array.from(slots),
    roles: Int32Array.from(roles),
    distances: Int32Array.from(distances),
  };
}
