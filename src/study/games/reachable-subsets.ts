import type { Deck } from '../deck/deck.ts';
import { subcubes } from '../deck/subcubes.ts';
import { SubsetPlaces } from './subset-orbits.ts';

/** Operators that may join the pairs of a query; with `both`, each is chosen freely. */
export const OPERATORS = ['union', 'symdiff', 'both'] as const;
export type Operators = (typeof OPERATORS)[number];

/** Subsets that queries of exactly `pairs` pairs select. */
export interface Level {
  readonly pairs: number;
  /** Number of subsets, the empty one included if it is reached. */
  readonly subsets: number;
  readonly empty: boolean;
  /** How many of them no smaller number of pairs reaches; the empty subset takes no pairs. */
  readonly fresh: number;
  /** Whether a subset is among them; valid until the next level is computed. */
  has(subset: number): boolean;
}

/**
 * Counts the subsets that 1, 2, ... pairs select, joined from left to right, by exhaustive search
 * over the 2^keys subsets. A pair selects any subcube, and the deck's symmetries permute subcubes,
 * so a subset is reached exactly if its whole orbit is: only one representative per orbit is
 * expanded, and a new subset marks all its images.
 *
 * A level needs expanding only where it is new: S join C with S union C = S for C in S (or a pair
 * twice, for symdiff) reaches again whatever fewer pairs reached. Under symdiff alone two equal
 * pairs cancel, so level N contains level N - 2 and even and odd levels are kept apart.
 */
export function* reachableSubsets(
  deck: Deck,
  operators: Operators,
  maxPairs: number,
): Generator<Level, void, undefined> {
  const cubes = Int32Array.from(subcubes(deck));
  const places = new SubsetPlaces(deck);
  const words = Math.ceil(places.count / 32);
  const byParity = operators === 'symdiff';
  // Index: parity of the level, or 0 where levels contain each other.
  const marked = byParity
    ? [new Int32Array(words), new Int32Array(words)]
    : [new Int32Array(words)];
  const counts = marked.map(() => 0);
  // No pairs select the empty subset: an even level of symdiff, of which later even levels are
  // made. Under the other operators it must be reached anew: by no union, by S symdiff S.
  if (byParity) {
    counts[0] = 1;
    marked[0][0] = 1;
  }

  let frontier = [0];
  for (let pairs = 1; pairs <= maxPairs; pairs++) {
    const side = byParity ? pairs % 2 : 0;
    const reached = marked[side];
    const next: number[] = [];
    let added = 0;
    let fresh = 0;
    const visit = (subset: number): void => {
      const place = places.of(subset);
      if (isMarked(reached, place)) return;
      const size = places.markOrbit(reached, subset);
      added += size;
      next.push(subset);
      if (subset !== 0 && !(byParity && isMarked(marked[1 - side], place))) fresh += size;
    };
    for (const subset of frontier) {
      for (let c = 0; c < cubes.length; c++) {
        if (operators !== 'symdiff') visit(subset | cubes[c]);
        if (operators !== 'union') visit(subset ^ cubes[c]);
      }
    }
    counts[side] += added;
    frontier = next;
    yield {
      pairs,
      subsets: counts[side],
      empty: (reached[0] & 1) === 1,
      fresh,
      has: (subset) => isMarked(reached, places.of(subset)),
    };
  }
}

function isMarked(marked: Int32Array, place: number): boolean {
  return (marked[place >>> 5] & (1 << (place & 31))) !== 0;
}
