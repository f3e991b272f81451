import { describe, expect, test } from 'vitest';
import { massFigure } from '../../../src/study/charts/mass.ts';
import { modelStyles } from '../../../src/study/charts/styles.ts';
import { svgOf, texts } from './fixtures.ts';

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
    const document = svgOf(figure);
    expect(document.querySelectorAll(`g[aria-label="bar"][fill="${colour}"] rect`)).toHaveLength(2);
    expect(document.querySelectorAll(`g[aria-label="bar"][stroke="${colour}"] rect`)).toHaveLength(
      1,
    );
  });
});
