import { describe, expect, test } from 'vitest';
import { drawPng, drawSvg } from '../../src/plots/figure.ts';
import { klFigure } from '../../src/study/charts/by-game.ts';
import { modelStyles } from '../../src/study/charts/styles.ts';
import { runs } from '../study/charts/fixtures.ts';

const colourOf = (dim: number | undefined) => modelStyles([27, 8, 4]).get(dim)?.light ?? '';

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
