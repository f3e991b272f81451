import { describe, expect, test } from 'vitest';
import { entropyFigure, falseMassFigure } from '../../../src/study/charts/by-dimension.ts';
import { runs, svgOf, texts } from './fixtures.ts';

describe('the entropy figure', () => {
  test('has a panel for all queries and one for those with 10 to 20 true keys', () => {
    const found = texts(entropyFigure(runs()));
    expect(found).toContain('all test queries');
    expect(found).toContain('queries with 10 to 20 true keys');
  });

  test('draws the entropy less that of the truth, so that a perfect prediction is at zero', () => {
    const perfect = entropyFigure(runs(1, ({ trueEntropy }) => ({ entropy: trueEntropy })));
    const document = svgOf({ ...perfect, panels: perfect.panels.slice(0, 1) });
    const dots = [...document.querySelectorAll('g[aria-label="dot"] circle')];
    const zero = document.querySelector('g[aria-label="rule"] line');
    expect(dots.length).toBeGreaterThan(0);
    for (const dot of dots) expect(dot.getAttribute('cy')).toBe(zero?.getAttribute('y1'));
  });

  test('has one panel where no query has that many', () => {
    const found = texts(entropyFigure(runs(1, () => ({ entropyMid: undefined }))));
    expect(found).not.toContain('queries with 10 to 20 true keys');
  });
});

test('the figure of false mass has a panel for all queries and one for 10 to 20 true keys', () => {
  const found = texts(falseMassFigure(runs()));
  expect(found).toContain('all test queries');
  expect(found).toContain('queries with 10 to 20 true keys');
  expect(found).toContain('guess');
});
