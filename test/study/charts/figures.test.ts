import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { drawPng, drawSvg, type Figure } from '../../../src/plots/figure.ts';
import { entropyFigure } from '../../../src/study/charts/by-dimension.ts';
import { KL_FLOOR, klFigure, overlapFigure } from '../../../src/study/charts/by-game.ts';
import { modelStyles } from '../../../src/study/charts/styles.ts';
import type { RunMetrics } from '../../../src/study/metrics/runs.ts';

const GAMES = ['set', 'star', 'union'];
const DIMS = [27, 8, 4, undefined];

function runs(seeds = 1, change: (run: RunMetrics) => Partial<RunMetrics> = () => ({})) {
  return GAMES.flatMap((game, g) =>
    DIMS.flatMap((dim) =>
      Array.from({ length: seeds }, (_, s): RunMetrics => {
        const hard = dim === undefined ? 0 : (g * 2) / dim;
        const run = {
          deck: 27,
          game,
          model: dim === undefined ? 'noncontrastive' : 'contrastive',
          dim,
          seed: s + 1,
          queries: 512,
          kl: 0.001 + hard + s / 100,
          overlap: 1 - hard / 2,
          entropy: 1 + hard,
          entropyMid: game === 'union' ? 2.5 + hard : undefined,
          trueEntropy: 1,
          trueEntropyMid: game === 'union' ? 2.5 : undefined,
          falseMass: hard,
          falseMassMid: game === 'union' ? hard : undefined,
          parameters: 1000,
        };
        return { ...run, ...change(run) };
      }),
    ),
  );
}

const svgOf = (figure: Figure) => parseHTML(drawSvg(figure)).document;
const texts = (figure: Figure) =>
  [...svgOf(figure).querySelectorAll('text')].map((element) => element.textContent ?? '');

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
    expect(texts(broken).join('\n')).toContain('kl is no finite number, left out: d = 4 on union');
    expect(strokes(broken, colourOf(4)).map(({ length }) => length)).toEqual([2]);
    const overlap = overlapFigure(
      runs(1, ({ dim, game }) => (dim === 4 && game === 'set' ? { overlap: Number.NaN } : {})),
    );
    expect(texts(overlap).join('\n')).toContain('left out: d = 4 on set');
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

describe('the entropy figure', () => {
  test('has a panel for all queries and one for those with 10 to 20 true keys', () => {
    const found = texts(entropyFigure(runs()));
    expect(found).toContain('all test queries');
    expect(found).toContain('queries with 10 to 20 true keys');
  });

  test('has one panel where no query has that many', () => {
    const found = texts(entropyFigure(runs(1, () => ({ entropyMid: undefined }))));
    expect(found).not.toContain('queries with 10 to 20 true keys');
  });
});

describe('a picture', () => {
  test('follows the colour scheme of the page as SVG', () => {
    const svg = drawSvg(klFigure(runs()));
    expect(svg).toContain('@media (prefers-color-scheme:dark)');
    expect(svg).toContain(`[stroke="${colourOf(4)}"]`);
  });

  test('is a PNG of the same bytes every time', () => {
    const [a, b] = [drawPng(klFigure(runs())), drawPng(klFigure(runs()))];
    expect(Buffer.from(a.subarray(1, 4)).toString()).toBe('PNG');
    expect(Buffer.compare(Buffer.from(a), Buffer.from(b))).toBe(0);
  });

  test('draws its text with the font of the project', () => {
    const withText = drawPng(klFigure(runs()));
    const without = drawPng({ ...klFigure(runs()), title: '' });
    expect(Buffer.from(withText).equals(Buffer.from(without))).toBe(false);
  });
});

test('models keep their order of brightness in greyscale', () => {
  const brightness = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const styles = modelStyles([4, 8, 12, 16, 20, 27, 512]);
  const light = [512, 27, 20, 16, 12, 8, 4].map((dim) => brightness(styles.get(dim)?.light ?? ''));
  expect(light).toEqual([...light].sort((a, b) => a - b));
});
