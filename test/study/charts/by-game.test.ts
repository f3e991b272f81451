import { describe, expect, test } from 'vitest';
import type { Figure } from '../../../src/plots/figure.ts';
import { KL_FLOOR, klFigure, overlapFigure } from '../../../src/study/charts/by-game.ts';
import { modelStyles } from '../../../src/study/charts/styles.ts';
import { DIMS, GAMES, runs, svgOf, texts } from './fixtures.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Vertices of the line that is drawn in a colour, by unbroken stroke. */
function strokes(figure: Figure, colour: string): readonly (readonly Point[])[] {
  const document = svgOf(figure);
  const path =
    document.querySelector(`g[aria-label="line"] path[stroke="${colour}"]`) ??
    document.querySelector(`g[aria-label="line"][stroke="${colour}"] path`);
  const d: string = path?.getAttribute('d') ?? '';
  return d
    .split('M')
    .slice(1)
    .map((stroke) =>
      stroke
        .replace('Z', '')
        .split('L')
        .map((point) => {
          const [x, y] = point.split(',').map(Number);
          return { x, y };
        }),
    );
}

const line = (figure: Figure, colour: string) => strokes(figure, colour).flat();

const colourOf = (dim: number | undefined) => modelStyles([27, 8, 4]).get(dim)?.light ?? '';

describe('a figure by game', () => {
  test('names cards, queries, seeds, axes, games and every model', () => {
    const found = texts(klFigure(runs()));
    expect(found).toContain('27 cards; 512 test queries per game; 1 seed');
    expect(found).toContain('↑ mean KL, nats (log scale; lower is better)');
    for (const label of [...GAMES, 'd = 27', 'd = 8', 'd = 4', 'non-contrastive']) {
      expect(found).toContain(label);
    }
  });

  test('draws one line per model through all its games, from left to right', () => {
    for (const dim of DIMS) {
      const points = line(klFigure(runs()), colourOf(dim));
      expect(points).toHaveLength(GAMES.length);
      expect(points.map(({ x }) => x)).toEqual(points.map(({ x }) => x).sort((a, b) => a - b));
    }
  });

  test('puts a larger KL higher, and equal values of two models at one height', () => {
    const [easy, , hard] = line(klFigure(runs()), colourOf(4));
    expect(hard.y).toBeLessThan(easy.y);
    const wide = line(klFigure(runs()), colourOf(27))[2];
    expect(hard.y).toBeLessThan(wide.y);
    expect(line(klFigure(runs()), colourOf(27))[0].y).toBeCloseTo(easy.y, 5);
  });

  test('spaces KL by its logarithm', () => {
    const at = [0.001, 0.01, 0.1];
    const figure = klFigure(runs(1, ({ game }) => ({ kl: at[GAMES.indexOf(game)] })));
    const [a, b, c] = line(figure, colourOf(8));
    expect(a.y - b.y).toBeCloseTo(b.y - c.y, 5);
  });

  test('puts a KL below the floor at the floor and says so', () => {
    const figure = klFigure(runs(1, ({ dim }) => (dim === undefined ? { kl: 1e-9 } : {})));
    expect(texts(figure)).toContain(`KL below ${KL_FLOOR} is drawn at ${KL_FLOOR}`);
  });

  test('leaves a gap where a model is missing, and names what is not a number', () => {
    const some = runs().filter(({ dim, game }) => dim !== 8 || game !== 'star');
    const [before, after, ...more] = strokes(klFigure(some), colourOf(8));
    expect(before).toHaveLength(1);
    expect(after).toHaveLength(1);
    expect(more).toHaveLength(0);
    const broken = klFigure(
      runs(1, ({ dim, game }) => (dim === 4 && game === 'union' ? { kl: Number.NaN } : {})),
    );
    expect(texts(broken).join('\n')).toContain('not shown, since kl is not finite: d = 4 on union');
    expect(strokes(broken, colourOf(4)).map(({ length }) => length)).toEqual([2]);
    const overlap = overlapFigure(
      runs(1, ({ dim, game }) => (dim === 4 && game === 'set' ? { overlap: Number.NaN } : {})),
    );
    expect(texts(overlap).join('\n')).toContain('overlap is not finite: d = 4 on set');
  });

  test('shows every run, the mean and its interval when there are several seeds', () => {
    const document = svgOf(overlapFigure(runs(3)));
    const dots = document.querySelectorAll('g[aria-label="dot"] circle, g[aria-label="dot"] path');
    // Per model: one mark per run and one per mean.
    expect(dots).toHaveLength(DIMS.length * GAMES.length * (3 + 1));
    expect(document.querySelectorAll('g[aria-label="rule"] line')).toHaveLength(
      DIMS.length * GAMES.length,
    );
  });
});
