import { describe, expect, test } from 'vitest';
import type { Figure } from '../../../src/plots/figure.ts';
import { klFigure, overlapFigure } from '../../../src/study/charts/by-game.ts';
import { LEAST_KL } from '../../../src/study/charts/measures.ts';
import { modelStyles } from '../../../src/study/charts/styles.ts';
import type { SubsetsOf } from '../../../src/study/games/subset-counts-table.ts';
import { DIMS, GAMES, runs, svgOf, texts } from './fixtures.ts';

const subsets: SubsetsOf = (_, game) => `subsets of ${game}`;

interface Mark {
  readonly x: number;
  readonly y: number;
  readonly isHollow: boolean;
}

/** Means of the models in a colour, from left to right. */
function means(figure: Figure, dim: number | undefined): readonly Mark[] {
  const colour = modelStyles([27, 8, 4]).get(dim)?.light ?? '';
  const marks = [...svgOf(figure).querySelectorAll('g[aria-label="dot"] > *')];
  return marks.flatMap((mark) => {
    const paints = [mark, mark.parentElement as Element];
    const has = (paint: string) => paints.some((one) => one.getAttribute(paint) === colour);
    const place = mark.getAttribute('transform')?.match(/[\d.]+/g);
    const [x, y] = (place ?? [mark.getAttribute('cx'), mark.getAttribute('cy')]).map(Number);
    return has('fill') || has('stroke') ? [{ x, y, isHollow: has('stroke') }] : [];
  });
}

describe('a figure by game', () => {
  test('names cards, queries, seeds, axes, games with their subsets, every model and the guess', () => {
    const found = texts(klFigure(runs(), subsets));
    expect(found).toContain('27 cards; 512 test queries per game; 1 seed');
    expect(found).toContain('↑ mean KL, nats (log scale; lower is better)');
    for (const game of GAMES) expect(found).toContain(`${game}subsets of ${game}`);
    for (const label of ['d = 27', 'd = 8', 'd = 4', 'non-contrastive', 'uniform guess']) {
      expect(found).toContain(label);
    }
  });

  test('draws a symbol per model and game, and no line from game to game', () => {
    const figure = klFigure(runs(), subsets);
    for (const dim of DIMS) expect(means(figure, dim)).toHaveLength(GAMES.length);
    expect(svgOf(figure).querySelectorAll('g[aria-label="line"]')).toHaveLength(0);
  });

  test('puts the models of a game side by side, the widest on the left', () => {
    const figure = klFigure(runs(), subsets);
    const places = DIMS.map((dim) => means(figure, dim)[1].x);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(new Set(places).size).toBe(DIMS.length);
    expect(places[3]).toBeLessThan(means(figure, 27)[2].x);
  });

  test('puts a larger KL higher, and equal values of two models at one height', () => {
    const figure = klFigure(runs(), subsets);
    const [easy, , hard] = means(figure, 4);
    expect(hard.y).toBeLessThan(easy.y);
    expect(hard.y).toBeLessThan(means(figure, 27)[2].y);
    expect(means(figure, 27)[0].y).toBeCloseTo(easy.y, 5);
  });

  test('spaces KL by its logarithm', () => {
    const at = [0.001, 0.01, 0.1];
    const figure = klFigure(
      runs(1, ({ game }) => ({ kl: at[GAMES.indexOf(game)] })),
      subsets,
    );
    const [a, b, c] = means(figure, 8);
    expect(a.y - b.y).toBeCloseTo(b.y - c.y, 5);
  });

  test('puts a KL below the axis in a row of its own, hollow, and says so', () => {
    const at = [1e-9, LEAST_KL, 1e-7];
    const figure = klFigure(
      runs(1, ({ dim, game }) => (dim === 8 ? { kl: at[GAMES.indexOf(game)] } : {})),
      subsets,
    );
    const [below, least, belowToo] = means(figure, 8);
    expect(below.y).toBe(belowToo.y);
    expect(below.y).toBeGreaterThan(least.y + 10);
    expect([below, least, belowToo].map(({ isHollow }) => isHollow)).toEqual([true, false, true]);
    expect(texts(figure)).toContain(`hollow: KL below ${LEAST_KL}, in a row of its own`);
    expect(texts(figure)).toContain(`< ${LEAST_KL}`);
  });

  test('leaves out a model that is missing, and names what is not a number', () => {
    const some = runs().filter(({ dim, game }) => dim !== 8 || game !== 'star');
    expect(means(klFigure(some, subsets), 8)).toHaveLength(GAMES.length - 1);
    const broken = klFigure(
      runs(1, ({ dim, game }) => (dim === 4 && game === 'union' ? { kl: Number.NaN } : {})),
      subsets,
    );
    expect(texts(broken).join('\n')).toContain('not shown, since kl is not finite: d = 4 on union');
    expect(means(broken, 4)).toHaveLength(GAMES.length - 1);
    const overlap = overlapFigure(
      runs(1, ({ dim, game }) => (dim === 4 && game === 'set' ? { overlap: Number.NaN } : {})),
      subsets,
    );
    expect(texts(overlap).join('\n')).toContain('overlap is not finite: d = 4 on set');
  });

  test('draws the KL of a uniform guess across each game', () => {
    const guesses = svgOf(klFigure(runs(), subsets)).querySelectorAll(
      'g[aria-label="rule"][stroke-dasharray="1 3"] line',
    );
    expect(guesses).toHaveLength(GAMES.length);
  });

  test('shows every run, the mean and its bar when there are several seeds', () => {
    const document = svgOf(overlapFigure(runs(3), subsets));
    const dots = document.querySelectorAll('g[aria-label="dot"] circle, g[aria-label="dot"] path');
    // Per model: one mark per run and one per mean.
    expect(dots).toHaveLength(DIMS.length * GAMES.length * (3 + 1));
  });
});
