import { expect, test } from 'vitest';
import { judgeClaims } from '../../../src/claims/claim.ts';
import type { CountEvidence } from '../../../src/study/evidence/evidence.ts';
import { SUBSET_CLAIMS } from '../../../src/study/evidence/subsets.ts';

const counts: CountEvidence[] = [
  { deck: 27, game: 'set', operators: null, pairs: 1, log2Subsets: Math.log2(27) },
  { deck: 27, game: 'union', operators: 'union', pairs: 5, log2Subsets: 20.8 },
  { deck: 27, game: 'union', operators: 'union', pairs: 8, log2Subsets: 25.7 },
];

test('published numbers of subsets are held against exact counts', () => {
  const found = judgeClaims(SUBSET_CLAIMS, { runs: [], counts, floors: [] }, 'p');
  expect(found.map(({ claim, verdict }) => [claim, verdict])).toEqual([
    ['set-subsets-published-exponent', 'fails'],
    ['union-subsets', 'holds'],
    ['union-subsets-of-eight-pairs', 'fails'],
    ['symdiff-subsets', 'undecided'],
    ['shatter-subsets', 'undecided'],
  ]);
});
