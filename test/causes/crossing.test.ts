import { expect, test } from 'vitest';
import { CROSSING_CLAIMS } from '../../src/causes/crossing/claims.ts';
import { crossingFigure } from '../../src/causes/crossing/figure.ts';
import type { LossRun } from '../../src/causes/evidence.ts';
import { verdicts } from '../studies/verdicts.ts';
import { lossRuns } from './fixtures.ts';

const DIMS = [8, 20, 27];

const evidence = (change: (run: LossRun) => Partial<LossRun> = () => ({})) => ({
  runs: lossRuns(27, DIMS, change),
  dims: DIMS,
});

test('tables as predicted hold every claim', () => {
  const found = verdicts(CROSSING_CLAIMS, evidence());
  expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, 'holds'])));
});

const broken: readonly (readonly [string, (run: LossRun) => Partial<LossRun>, string])[] = [
  [
    'a cross-encoder is larger',
    ({ dim }) => (dim === undefined ? { parameters: 103_000 } : {}),
    'equal-parameters',
  ],
  [
    'a narrow dual encoder solves the game with cross-entropy',
    ({ dim, game, loss }) =>
      dim === 20 && game === 'union' && loss === 'cross-entropy' ? { kl: 0.01 } : {},
    'narrow-dot-products-fail-with-either-loss-union',
  ],
  [
    'a cross-encoder needs cross-entropy',
    ({ dim, loss }) => (dim === undefined && loss === 'infonce' ? { kl: 0.3 } : {}),
    'cross-encoder-solves-with-either-loss-shatter',
  ],
  [
    'a wide dual encoder needs cross-entropy',
    ({ dim, loss }) => (dim === 27 && loss === 'infonce' ? { kl: 0.3 } : {}),
    'wide-dot-products-do-well-with-either-loss-union',
  ],
  [
    'the loss changes more than the architecture',
    ({ dim, loss }) => (dim === 8 && loss === 'infonce' ? { kl: 5 } : {}),
    'architecture-outweighs-loss-union',
  ],
  [
    'cross-entropy trains worse',
    ({ loss, kl }) => (loss === 'cross-entropy' ? { kl: 3 * kl } : {}),
    'cross-entropy-lowers-narrow-kl-shatter',
  ],
];

test.each(broken)('%s: its claim fails', (_, change, claim) => {
  expect(verdicts(CROSSING_CLAIMS, evidence(change))[claim]).toBe('fails');
});

test('without a game its claims are undecided', () => {
  const runs = lossRuns(27, DIMS).filter(({ game }) => game === 'union');
  const found = verdicts(CROSSING_CLAIMS, { runs, dims: DIMS });
  const ofShatter = Object.entries(found).filter(([name]) => name.endsWith('shatter'));
  expect(ofShatter.length).toBe(5);
  for (const [name, verdict] of ofShatter) expect([name, verdict]).toEqual([name, 'undecided']);
});

test('the figure has every model of the comparison', () => {
  const svg = crossingFigure(evidence(), 'light');
  for (const text of ['d = 8', 'd = 20', 'd = 27', 'cross-encoder', 'row cross-entropy']) {
    expect(svg).toContain(text);
  }
});
