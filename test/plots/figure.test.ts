import { describe, expect, test } from 'vitest';
import { drawPng, drawSvg } from '../../src/plots/figure.ts';
import { klFigure } from '../../src/study/charts/by-game.ts';
import { modelStyles } from '../../src/study/charts/styles.ts';
import { runs } from '../study/charts/fixtures.ts';

const colourOf = (dim: number | undefined) => modelStyles([27, 8, 4]).get(dim)?.light ?? '';

describe('a picture', () => {
  test('follows the colour scheme of the page as SVG', () => {
    const svg = drawSvg(klFigure(runs(), () => undefined));
    expect(svg).toContain('@media (prefers-color-scheme:dark)');
    expect(svg).toContain(`[stroke="${colourOf(4)}"]`);
  });

  test('is a PNG of the same bytes every time', () => {
    const [a, b] = [
      drawPng(klFigure(runs(), () => undefined)),
      drawPng(klFigure(runs(), () => undefined)),
    ];
    expect(Buffer.from(a.subarray(1, 4)).toString()).toBe('PNG');
    expect(Buffer.compare(Buffer.from(a), Buffer.from(b))).toBe(0);
  });
});
