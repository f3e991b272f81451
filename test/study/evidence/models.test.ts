import { expect, test } from 'vitest';
import { judgeClaims } from '../../../src/claims/claim.ts';
import { MODEL_CLAIMS } from '../../../src/study/evidence/models.ts';
import type { RunMetrics } from '../../../src/study/metrics/runs.ts';
import { type Change, published } from './fixtures.ts';

const judge = (runs: readonly RunMetrics[]) =>
  judgeClaims(MODEL_CLAIMS, { runs, counts: [], floors: [] }, 'p');

const verdicts = (runs: readonly RunMetrics[]) =>
  Object.fromEntries(judge(runs).map(({ claim, verdict }) => [claim, verdict]));

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
    'a narrow model that is 3 % smaller',
    ({ dim }) => (dim === 4 ? { parameters: 970 } : {}),
    ['narrow-models-same-size'],
  ],
  [
    'entropy that falls',
    ({ entropy, entropyMid }) => ({ entropy: 3 - entropy, entropyMid: 4 - (entropyMid ?? 0) }),
    ['union-entropy-rises', 'union-entropy-rises-10-to-20'],
  ],
  ['mass that stays', () => ({ falseMassMid: 0.2 }), ['union-mass-drifts-to-false-keys']],
  ['overlap the right way up', ({ kl }) => ({ overlap: kl }), ['overlap-mirrors-kl']],
];

test('tables with the published shapes hold every claim about 27 cards', () => {
  const about27 = judge(published()).filter(({ claim }) => !claim.startsWith('cards81'));
  expect(about27.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
  expect(about27.length).toBeGreaterThan(12);
});

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
  expect(decided).toEqual(['noncontrastive-half-size', 'narrow-models-same-size']);
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
