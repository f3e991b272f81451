import { stream } from '../../random/streams.ts';
import { type Judgements, membersOf, queryCount } from '../judgements/judgements.ts';

/** How sets overlap. */
export interface Overlap {
  /** Mean Jaccard index of two distinct sets. */
  readonly jaccard: number;
  /** Share of the pairs of distinct sets that have an item in common. */
  readonly sharing: number;
}

/** Pairs of sets looked at, all if there are no more. */
const PAIRS = 50_000;

/** Of all pairs of the distinct sets, or of as many random ones. */
export function overlapOf(sets: Judgements): Overlap {
  const count = queryCount(sets);
  const all = (count * (count - 1)) / 2;
  if (all === 0) return { jaccard: 0, sharing: 0 };
  let jaccard = 0;
  let sharing = 0;
  let pairs = 0;
  const look = (a: number, b: number) => {
    const [x, y] = [membersOf(sets, a), membersOf(sets, b)];
    const shared = commonItems(x, y);
    jaccard += shared / (x.length + y.length - shared);
    sharing += shared > 0 ? 1 : 0;
    pairs++;
  };
  if (all <= PAIRS) {
    for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) look(a, b);
  } else {
    const random = stream(1, 'overlap');
    while (pairs < PAIRS) {
      const [a, b] = [random.below(count), random.below(count)];
      if (a !== b) look(a, b);
    }
  }
  return { jaccard: jaccard / pairs, sharing: sharing / pairs };
}

/** Of two ascending lists. */
function commonItems(a: Uint32Array, b: Uint32Array): number {
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      common++;
      i++;
      j++;
    } else if (a[i] < b[j]) i++;
    else j++;
  }
  return common;
}
