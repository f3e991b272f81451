import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { drawSvg, type Figure } from '../../../src/plots/figure.ts';
import { NEUTRAL, seriesStyle } from '../../../src/plots/palette.ts';
import { falseMassFigure } from '../../../src/study/charts/by-dimension.ts';
import { KL_FLOOR } from '../../../src/study/charts/by-game.ts';
import { floorFigure } from '../../../src/study/charts/floor.ts';
import { massFigure } from '../../../src/study/charts/mass.ts';
import { modelStyles } from '../../../src/study/charts/styles.ts';
import { variantsFigure } from '../../../src/study/charts/variants.ts';
import type { GameFloor } from '../../../src/study/floor/table.ts';
import type { RunMetrics } from '../../../src/study/metrics/runs.ts';

const DIMS = [27, 8, 4, undefined];
const GAMES = ['set', 'union'];

const runs = GAMES.flatMap((game) =>
  DIMS.flatMap((dim) =>
    [1, 2].map(
      (seed): RunMetrics => ({
        deck: 27,
        game,
        model: dim === undefined ? 'noncontrastive' : 'contrastive',
        dim,
        seed,
        queries: 512,
        kl: dim === undefined ? 0.001 : 1 / dim + seed / 1000,
        overlap: 0.9,
        entropy: 2,
        entropyMid: game === 'union' ? 2.5 : undefined,
        trueEntropy: 1,
        trueEntropyMid: game === 'union' ? 2 : undefined,
        falseMass: 0.2,
        falseMassMid: game === 'union' ? 0.3 : undefined,
        parameters: 1000,
      }),
    ),
  ),
);

const floors = GAMES.flatMap((game) =>
  [27, 8, 4].map(
    (dim): GameFloor => ({
      deck: 27,
      game,
      dim,
      theory: dim === 27 ? 'simplex' : undefined,
      fitted: { kl: dim === 27 ? 0 : 0.5 / dim, overlap: 0.95 },
      heldOut: { kl: dim === 27 ? 0 : 0.6 / dim, overlap: 0.94 },
      worstKl: 0.7 / dim,
      fittedSets: 100,
      heldOutSets: 50,
    }),
  ),
);

const documentOf = (figure: Figure) => parseHTML(drawSvg(figure)).document;
const texts = (figure: Figure) =>
  [...documentOf(figure).querySelectorAll('text')].map((element) => element.textContent ?? '');
const linesOf = (figure: Figure, dash: string) => [
  ...documentOf(figure).querySelectorAll(`g[aria-label="line"][stroke-dasharray="${dash}"]`),
];

describe('the floor figure', () => {
  test('has a panel per game, every model, and both kinds of floor', () => {
    const found = texts(floorFigure(runs, floors, 'kl'));
    for (const text of [
      ...GAMES,
      'd = 27',
      'd = 4',
      'best found: fitted sets',
      'best found: other sets',
    ]) {
      expect(found).toContain(text);
    }
    expect(found).not.toContain('non-contrastive');
    expect(found.join('\n')).toContain(`are drawn at ${KL_FLOOR}`);
  });

  test('draws one line per floor and game', () => {
    for (const dash of ['6 3', '1 3']) {
      expect(linesOf(floorFigure(runs, floors, 'kl'), dash)).toHaveLength(GAMES.length);
      expect(linesOf(floorFigure(runs, floors, 'overlap'), dash)).toHaveLength(GAMES.length);
    }
  });

  test('puts games in rows of three panels', () => {
    const box = documentOf(floorFigure(runs, floors, 'kl')).querySelector('svg');
    const wide = { ...floorFigure(runs, floors, 'kl'), columns: 1 };
    const tall = documentOf(wide).querySelector('svg');
    expect(Number(tall?.getAttribute('width'))).toBeLessThan(Number(box?.getAttribute('width')));
    expect(Number(tall?.getAttribute('height'))).toBeGreaterThan(
      Number(box?.getAttribute('height')),
    );
  });

  test('recolours its floors in the dark', () => {
    expect(drawSvg(floorFigure(runs, floors, 'kl'))).toContain(
      `[stroke="${NEUTRAL.light}"]{stroke:${NEUTRAL.dark}}`,
    );
  });
});

describe('the mass figure', () => {
  const figure = massFigure(
    [27, 4].map((dim) => ({
      deck: 3,
      model: 'contrastive',
      dim,
      query: 0,
      trueKeys: 2,
      isTrue: Uint8Array.of(0, 1, 1),
      mass: Float32Array.of(0.25, 0.5, 0.25),
    })),
    'union',
  );

  test('says how much each model puts on false keys', () => {
    expect(texts(figure)).toContain('d = 27: 25.0 % on false keys');
    expect(texts(figure)[0]).toBe(
      'One union query with 2 true keys: the predicted mass of every key',
    );
  });

  test('draws a filled bar per true key and a hollow one per false key, in the model’s colour', () => {
    const colour = modelStyles([27, 4]).get(4)?.light;
    const document = documentOf(figure);
    expect(document.querySelectorAll(`g[aria-label="bar"][fill="${colour}"] rect`)).toHaveLength(2);
    expect(document.querySelectorAll(`g[aria-label="bar"][stroke="${colour}"] rect`)).toHaveLength(
      1,
    );
  });
});

test('the figure of false mass has a panel for all queries and one for 10 to 20 true keys', () => {
  const found = texts(falseMassFigure(runs));
  expect(found).toContain('all test queries');
  expect(found).toContain('queries with 10 to 20 true keys');
  expect(found).toContain('truth');
});

test('the figure of variants draws every run thin and the mean thick, a panel per game and d', () => {
  const points = ['a', 'b'].flatMap((variant) =>
    [4, 8].flatMap((dim) =>
      [1, 2].flatMap((seed) =>
        [10, 20].map((step) => ({
          variant,
          game: 'star',
          dim,
          seed,
          step,
          kl: 1 / step,
          overlap: 1,
        })),
      ),
    ),
  );
  const figure = variantsFigure(points, 'Title', 'data');
  expect(texts(figure)).toEqual(expect.arrayContaining(['star, d = 4', 'star, d = 8', 'a', 'b']));
  const lines = documentOf(figure).querySelectorAll(
    `g[aria-label="line"][stroke="${seriesStyle(1).light}"]`,
  );
  // Two seeds and their mean, in two panels.
  expect(lines).toHaveLength(6);
});
