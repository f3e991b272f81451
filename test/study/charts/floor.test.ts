import { describe, expect, test } from 'vitest';
import { drawSvg, type Figure } from '../../../src/plots/figure.ts';
import { NEUTRAL } from '../../../src/plots/palette.ts';
import { floorFigure } from '../../../src/study/charts/floor.ts';
import type { GameFloor } from '../../../src/study/floor/table.ts';
import type { RunMetrics } from '../../../src/study/metrics/runs.ts';
import { OTHER_METRICS } from '../other-metrics.ts';
import { svgOf, texts } from './fixtures.ts';

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
        ...OTHER_METRICS,
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

const linesOf = (figure: Figure, dash: string) => [
  ...svgOf(figure).querySelectorAll(`g[aria-label="line"][stroke-dasharray="${dash}"]`),
];

describe('the floor figure', () => {
  test('has a panel per game, every model, and both kinds of floor', () => {
    const found = texts(floorFigure(runs, floors, 'kl'));
    for (const text of [
      ...GAMES,
      'trained models, mean',
      'a trained model',
      'best found: fitted sets',
      'best found: other sets',
      'perfect, by theory',
      'uniform guess',
    ]) {
      expect(found).toContain(text);
    }
  });

  test('draws one line per floor and game', () => {
    for (const dash of ['6 3', '2 2']) {
      expect(linesOf(floorFigure(runs, floors, 'kl'), dash)).toHaveLength(GAMES.length);
      expect(linesOf(floorFigure(runs, floors, 'overlap'), dash)).toHaveLength(GAMES.length);
    }
  });

  test('ends the line of a floor that is zero, and marks it in the row below the axis', () => {
    const figure = floorFigure(runs, floors, 'kl');
    for (const line of linesOf(figure, '6 3')) {
      // Two of the three dimensions, 4 and 8.
      expect(line.querySelector('path')?.getAttribute('d')?.match(/[ML]/g)).toHaveLength(2);
    }
    const triangles = svgOf(figure).querySelectorAll(
      `g[aria-label="dot"][fill="${NEUTRAL.light}"] path`,
    );
    expect(triangles).toHaveLength(GAMES.length);
    expect(texts(figure)).toContain('< 0.00001');
  });

  test('puts games in rows of three panels', () => {
    const box = svgOf(floorFigure(runs, floors, 'kl')).querySelector('svg');
    const wide = { ...floorFigure(runs, floors, 'kl'), columns: 1 };
    const tall = svgOf(wide).querySelector('svg');
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
