import { expect, test } from 'vitest';
import { aroundSimplex, type FreeRow, type LossRun } from '../../src/causes/evidence.ts';
import { SIMPLEX_CLAIMS } from '../../src/causes/simplex/claims.ts';
import { simplexFigure } from '../../src/causes/simplex/figure.ts';
import { verdicts } from '../studies/verdicts.ts';
import { freeRows, lossRuns } from './fixtures.ts';

const KEYS = 27;

function evidence(
  ofFree: (row: FreeRow) => Partial<FreeRow> = () => ({}),
  ofRuns: (run: LossRun) => Partial<LossRun> = () => ({}),
) {
  const dims = aroundSimplex(KEYS);
  return { free: freeRows(KEYS, dims, ofFree), runs: lossRuns(KEYS, dims, ofRuns) };
}

test('tables as predicted hold every claim', () => {
  const found = verdicts(SIMPLEX_CLAIMS, evidence());
  expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, 'holds'])));
});

const brokenFree: readonly (readonly [string, (row: FreeRow) => Partial<FreeRow>, string])[] = [
  [
    'cross-entropy stays above zero at d = 26',
    ({ dim, loss }) => (dim === 26 && loss === 'cross-entropy' ? { kl: 0.002 } : {}),
    'cross-entropy-floor-zero-from-the-simplex',
  ],
  [
    'InfoNCE reaches zero at d = 26 on union',
    ({ dim, game }) => (dim === 26 && game === 'union' ? { kl: 1e-6 } : {}),
    'infonce-floor-not-quite-at-the-simplex-union',
  ],
  [
    'InfoNCE misses zero where nobody asks for the whole deck',
    ({ dim, game, loss }) =>
      dim === 26 && game === 'shatter' && loss === 'infonce' ? { kl: 0.002 } : {},
    'infonce-misses-the-simplex-by-the-whole-deck',
  ],
  [
    'InfoNCE needs two more dimensions',
    ({ dim, loss }) => (dim === 27 && loss === 'infonce' ? { kl: 0.01 } : {}),
    'infonce-costs-at-most-one-dimension',
  ],
  [
    'the last dimensions matter',
    ({ dim, loss }) => (dim === 25 && loss === 'cross-entropy' ? { kl: 0.01 } : {}),
    'geometry-fades-before-the-simplex',
  ],
];

test.each(brokenFree)('%s: its claim fails', (_, change, claim) => {
  expect(verdicts(SIMPLEX_CLAIMS, evidence(change))[claim]).toBe('fails');
});

const brokenRuns: readonly (readonly [string, (run: LossRun) => Partial<LossRun>, string])[] = [
  [
    'an encoder reaches the floor',
    ({ dim, game }) => (dim === 24 && game === 'shatter' ? { kl: 0.0004 } : {}),
    'trained-far-above-the-floor-shatter',
  ],
  [
    'd = 24 does as well as d = 27',
    ({ dim, game, seed }) => (dim === 24 && game === 'union' ? { kl: 0.004 + 1e-4 * seed } : {}),
    'trained-still-gains-up-to-the-keys-union',
  ],
  [
    'cross-entropy trains worse',
    ({ loss, game, kl }) => (loss === 'cross-entropy' && game === 'union' ? { kl: 10 * kl } : {}),
    'cross-entropy-trains-lower-union',
  ],
];

test.each(brokenRuns)('%s: its claim fails', (_, change, claim) => {
  expect(verdicts(SIMPLEX_CLAIMS, evidence(undefined, change))[claim]).toBe('fails');
});

test('one seed decides nothing about trained models', () => {
  const { free, runs } = evidence();
  const found = verdicts(SIMPLEX_CLAIMS, { free, runs: runs.filter(({ seed }) => seed === 1) });
  for (const game of ['union', 'shatter']) {
    expect(found[`trained-far-above-the-floor-${game}`]).toBe('undecided');
    expect(found[`cross-entropy-trains-lower-${game}`]).toBe('undecided');
  }
});

test('the figure has a panel per game, and draws where one seed is all there is', () => {
  const { free, runs } = evidence();
  const svg = simplexFigure({ free, runs: runs.filter(({ seed }) => seed === 1) }, 'light');
  for (const text of ['union', 'shatter', 'InfoNCE, trained', 'cross-entropy, free']) {
    expect(svg).toContain(text);
  }
});
