import { describe, expect, test } from 'vitest';
import { judgeClaims } from '../../../src/claims/claim.ts';
import { scorecard } from '../../../src/claims/scorecard.ts';
import type { CountEvidence } from '../../../src/study/evidence/evidence.ts';
import { FLOOR_CLAIMS } from '../../../src/study/evidence/floor.ts';
import { MODEL_CLAIMS } from '../../../src/study/evidence/models.ts';
import { SUBSET_CLAIMS } from '../../../src/study/evidence/subsets.ts';
import type { GameFloor } from '../../../src/study/floor/table.ts';
import { GAMES } from '../../../src/study/games/query-set.ts';
import type { RunMetrics } from '../../../src/study/metrics/runs.ts';

const DIMS = [512, 27, 20, 16, 12, 8, 4, undefined];

/** KL as published: wide models solve everything, narrow ones the less the harder the game. */
function publishedKl(game: string, dim: number | undefined): number {
  if (dim === undefined || dim >= 27 || game === 'set') return 0.001;
  if (game === 'star') return dim === 4 ? 0.1 : 0.001;
  return 0.8 - dim / 40;
}

type Change = (run: RunMetrics) => Partial<RunMetrics>;

function published(change: Change = () => ({}), deck = 27, games: readonly string[] = GAMES) {
  return games.flatMap((game) =>
    DIMS.flatMap((dim) =>
      [1, 2].map((seed): RunMetrics => {
        const kl = publishedKl(game, dim) + seed * 1e-4;
        const run = {
          deck,
          game,
          model: dim === undefined ? 'noncontrastive' : 'contrastive',
          dim,
          seed,
          queries: 100,
          kl,
          overlap: 1 - kl / 2,
          entropy: 1 + kl,
          entropyMid: 2 + kl,
          trueEntropy: 1,
          trueEntropyMid: 2,
          falseMass: kl,
          falseMassMid: kl,
          parameters: dim === undefined ? 500 : 1000,
        };
        return { ...run, ...change(run) };
      }),
    ),
  );
}

const counts: CountEvidence[] = [
  { deck: 27, game: 'set', operators: null, pairs: 1, log2Subsets: Math.log2(27) },
  { deck: 27, game: 'union', operators: 'union', pairs: 5, log2Subsets: 20.8 },
  { deck: 27, game: 'union', operators: 'union', pairs: 8, log2Subsets: 25.7 },
];

const judge = (runs: readonly RunMetrics[]) =>
  judgeClaims(MODEL_CLAIMS, { runs, counts: [], floors: [] }, 'p');
const verdicts = (runs: readonly RunMetrics[]) =>
  Object.fromEntries(judge(runs).map(({ claim, verdict }) => [claim, verdict]));

test('tables with the published shapes hold every claim about 27 cards', () => {
  const about27 = judge(published()).filter(({ claim }) => !claim.startsWith('cards81'));
  expect(about27.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
  expect(about27.length).toBeGreaterThan(12);
});

/** A change of the tables, and the claims that it must turn to `fails`. */
const broken: readonly (readonly [string, Change, readonly string[]])[] = [
  [
    'set unsolved at d = 8',
    ({ game, dim }) => (game === 'set' && dim === 8 ? { kl: 0.3 } : {}),
    ['set-solved-by-all'],
  ],
  [
    'star solved at d = 4',
    ({ game, dim }) => (game === 'star' && dim === 4 ? { kl: 0.0012 } : {}),
    ['star-d4-begins-to-fail'],
  ],
  [
    'star unsolved at d = 8',
    ({ game, dim }) => (game === 'star' && dim === 8 ? { kl: 0.09 } : {}),
    ['star-d4-begins-to-fail'],
  ],
  [
    'union better at d = 8 than at 16',
    ({ game, dim }) => (game === 'union' && dim === 8 ? { kl: 0.1 } : {}),
    ['union-worse-as-d-shrinks', 'overlap-mirrors-kl'],
  ],
  [
    'shatter solved at d = 20',
    ({ game, dim }) => (game === 'shatter' && dim === 20 ? { kl: 0.0012, overlap: 1 } : {}),
    ['shatter-fails-below-d-of-cards', 'noncontrastive-better-than-narrow'],
  ],
  [
    'd = 512 lost on symdiff',
    ({ game, dim }) => (game === 'symdiff' && dim === 512 ? { kl: 0.4 } : {}),
    ['d512-does-well'],
  ],
  [
    'non-contrastive lost on union',
    ({ game, dim }) => (game === 'union' && dim === undefined ? { kl: 0.9 } : {}),
    ['noncontrastive-does-well', 'noncontrastive-better-than-narrow'],
  ],
  ['equal sizes', () => ({ parameters: 1000 }), ['noncontrastive-half-size']],
  [
    'entropy that falls',
    ({ entropy, entropyMid }) => ({ entropy: 3 - entropy, entropyMid: 4 - (entropyMid ?? 0) }),
    ['union-entropy-rises', 'union-entropy-rises-10-to-20'],
  ],
  ['mass that stays', () => ({ falseMassMid: 0.2 }), ['union-mass-drifts-to-false-keys']],
  ['overlap the right way up', ({ kl }) => ({ overlap: kl }), ['overlap-mirrors-kl']],
];

test.each(broken)('%s is noticed', (_, change, claims) => {
  const found = verdicts(published(change));
  for (const claim of claims) expect([claim, found[claim]]).toEqual([claim, 'fails']);
});

test('every claim about models can fail', () => {
  const covered = new Set(broken.flatMap(([, , claims]) => claims));
  const rest = MODEL_CLAIMS.map(({ name }) => name).filter((name) => !covered.has(name));
  const upsideDown = published(({ kl }) => ({ kl: 1 - kl, overlap: kl }));
  const found = verdicts([
    ...upsideDown,
    ...published(({ kl }) => ({ kl: 1 - kl, overlap: kl / 2 }), 81, ['union']),
  ]);
  for (const claim of rest) expect([claim, found[claim]]).toEqual([claim, 'fails']);
});

test('one seed decides no claim about trained models', () => {
  const found = judge(published().filter(({ seed }) => seed === 1));
  const decided = found.filter(({ verdict }) => verdict !== 'undecided').map(({ claim }) => claim);
  // The size of a model does not depend on the seed.
  expect(decided).toEqual(['noncontrastive-half-size']);
});

test('claims about another deck, and about games without runs, are undecided and say why', () => {
  const small = judge(
    published(() => ({ entropyMid: undefined, falseMassMid: undefined }), 9, ['union']),
  );
  const evidence = Object.fromEntries(small.map((claim) => [claim.claim, claim]));
  expect(evidence['set-solved-by-all']).toMatchObject({
    verdict: 'undecided',
    evidence: 'the statement is about 27 cards, this profile has 9',
  });
  expect(evidence['shatter-fails-below-d-of-cards'].evidence).toBe(
    'this profile has no runs of shatter',
  );
  expect(evidence['union-entropy-rises-10-to-20']).toMatchObject({
    verdict: 'undecided',
    evidence: 'union: no test query of 9 cards has 10 true keys',
  });
});

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

test('the scorecard lists every claim with its verdict, rule and evidence', () => {
  const found = judgeClaims(SUBSET_CLAIMS, { runs: [], counts, floors: [] }, 'p');
  const page = scorecard('Claims', found);
  expect(page).toContain('Profile p: 5 claims, 1 holds, 2 fail, 2 undecided.');
  expect(page).toContain('| ✗ fails | `set-subsets-published-exponent` | Queries of `set`');
  expect(page).toContain('- evidence: log2 of the exact count 4.75 (published 4.57)');
  for (const { claim, rule } of found) {
    expect(page).toContain(`\`${claim}\``);
    expect(page).toContain(`- rule: ${rule}`);
  }
});

describe('the floor', () => {
  const floor = (kl: number, overlap: number): GameFloor => ({
    deck: 27,
    game: 'union',
    dim: 4,
    theory: undefined,
    fitted: { kl, overlap },
    heldOut: { kl, overlap },
    worstKl: kl,
    fittedSets: 10,
    heldOutSets: 10,
  });
  const judgeAgainst = (floors: readonly GameFloor[]) =>
    judgeClaims(FLOOR_CLAIMS, { runs: published(), counts: [], floors }, 'p')[0];

  test('is above no model: KL 0.7 and overlap 0.65 of d = 4 on union', () => {
    expect(judgeAgainst([floor(0.5, 0.75)])).toMatchObject({ verdict: 'holds' });
    expect(judgeAgainst([floor(0.5, 0.75)]).evidence).toContain('2 runs, 2 of them');
  });

  test.each([
    ['KL', 0.8, 0.9],
    ['overlap', 0.1, 0.5],
  ])('fails if one does better in %s', (_, kl, overlap) => {
    const { verdict, evidence } = judgeAgainst([floor(kl, overlap)]);
    expect(verdict).toBe('fails');
    expect(evidence).toContain('d = 4 on union');
  });

  test('is undecided where none was found', () => {
    expect(judgeAgainst([]).verdict).toBe('undecided');
  });
});
