import { expect, test } from 'vitest';
import { judgeClaims } from '../../../src/claims/claim.ts';
import { DIFFICULTY_CLAIMS } from '../../../src/study/evidence/difficulty.ts';
import { GAMES } from '../../../src/study/games/query-set.ts';
import type { RunMetrics } from '../../../src/study/metrics/runs.ts';
import { type Change, published } from './fixtures.ts';

function verdicts(runs: readonly RunMetrics[]) {
  const judged = judgeClaims(DIFFICULTY_CLAIMS, { runs, counts: [], floors: [] }, 'p');
  return Object.fromEntries(judged.map(({ claim, verdict }) => [claim, verdict]));
}

/** Harder with every game; the entropy reaches the even guess of 27 cards at d = 4, faster the smaller d. */
const asStated: Change = ({ game, dim, kl }) => ({
  rank: Math.min(dim ?? 26, 26),
  kl: dim !== undefined && dim < 27 ? GAMES.indexOf(game as (typeof GAMES)[number]) / 10 : kl,
  entropyMid: dim === undefined ? 2.5 : 2.4 + 0.9 * Math.exp(-((dim - 4) ** 2) / 200),
});

const about81 = published(() => ({ kl: 0.01, overlap: 1, rank: 80, dim: 96 }), 81, ['union']);

test('tables as stated hold every claim', () => {
  const found = verdicts(published(asStated));
  expect(found).toMatchObject({
    'wide-solves-all-games': 'holds',
    'noncontrastive-solves-all-games': 'holds',
    'difficulty-follows-subsets': 'holds',
    'union-d4-about-even': 'holds',
    'union-entropy-faster-below-20': 'holds',
    'rank-within-dimension': 'holds',
  });
  expect(verdicts(about81)['cards81-solved-from-d81']).toBe('holds');
});

const broken: readonly (readonly [string, Change, string])[] = [
  [
    'd = 512 scores union right but not even',
    ({ dim, game }) => (dim === 512 && game === 'union' ? { kl: 0.04 } : {}),
    'wide-solves-all-games',
  ],
  [
    'the non-contrastive model ranks a key in a hundred wrong',
    ({ dim }) => (dim === undefined ? { overlap: 0.98 } : {}),
    'noncontrastive-solves-all-games',
  ],
  [
    'symdiff is harder than shatter at d = 4',
    ({ dim, game }) => (dim === 4 && game === 'symdiff' ? { kl: 0.7 } : {}),
    'difficulty-follows-subsets',
  ],
  [
    'd = 4 is sure of some keys',
    ({ dim }) => (dim === 4 ? { entropyMid: 3 } : {}),
    'union-d4-about-even',
  ],
  [
    'entropy rises evenly',
    ({ dim }) => (dim === undefined ? {} : { entropyMid: Math.sqrt(27 - Math.min(27, dim)) }),
    'union-entropy-faster-below-20',
  ],
  ['a rank of d + 1', ({ dim }) => (dim === 4 ? { rank: 5 } : {}), 'rank-within-dimension'],
];

test.each(broken)('%s: the claim fails', (_, change, claim) => {
  const found = verdicts(published((run) => ({ ...asStated(run), ...change(run) })));
  expect([claim, found[claim]]).toEqual([claim, 'fails']);
});

test('81 cards that are ranked right but not evenly are not solved', () => {
  const found = verdicts(about81.map((run) => ({ ...run, kl: 0.16 })));
  expect(found['cards81-solved-from-d81']).toBe('fails');
});
