import { describe, expect, test } from 'vitest';
import {
  variantModel,
  variantSchedule,
  variantStart,
} from '../../../src/study/training/variants.ts';
import { configuration } from '../models/fixtures.ts';

const model = configuration({ dim: 16, keyScale: 5 });
const keysOf = (variant: object) => variantStart(model, variant, 1)['keys.table'];
const most = (values: Float32Array) => Math.max(...Array.from(values, Math.abs));

describe('a variant', () => {
  test('without changes starts as the study does', () => {
    expect(most(keysOf({}).values)).toBeLessThanOrEqual(5 / 16);
    expect(most(keysOf({}).values)).toBeGreaterThan(4.5 / 16);
  });

  test('starts keys uniform in the limits it names, over d, or normal', () => {
    const word2vec = most(keysOf({ keyStart: { uniform: 0.5 } }).values);
    expect(word2vec).toBeLessThanOrEqual(0.5 / 16);
    expect(word2vec).toBeGreaterThan(0.45 / 16);
    const { values } = keysOf({ keyStart: { normal: 0.02 } });
    const variance = values.reduce((sum, x) => sum + x * x, 0) / values.length;
    expect(Math.sqrt(variance) / 0.02).toBeGreaterThan(0.8);
    expect(Math.sqrt(variance) / 0.02).toBeLessThan(1.2);
  });

  test('with WQ = WK starts every layer so, and leaves all else alone', () => {
    const plain = variantStart(model, {}, 1);
    const tied = variantStart(model, { tieQueryKey: true }, 1);
    const w = model.encoder.width;
    for (const [name, { values, shape }] of Object.entries(tied)) {
      if (!name.endsWith('attention.in.weight')) {
        expect(values).toEqual(plain[name].values);
        continue;
      }
      for (let row = 0; row < w; row++) {
        const part = (of: Float32Array, i: number) => [
          ...of.subarray(row * shape[1] + i * w, row * shape[1] + (i + 1) * w),
        ];
        expect(part(values, 1)).toEqual(part(values, 0));
        expect(part(values, 0)).toEqual(part(plain[name].values, 0));
        expect(part(values, 2)).toEqual(part(plain[name].values, 2));
      }
    }
  });

  test('changes schedule and score only where it says so', () => {
    const base = { peak: 1, warmUp: 10, steps: 100 };
    expect(variantSchedule(base, {})).toEqual({
      ...base,
      rise: 'linear',
      fall: 'cosine',
    });
    expect(variantSchedule(base, { rise: 'log', warmUpShare: 0.4 })).toMatchObject({
      warmUp: 40,
      rise: 'log',
    });
    expect(variantModel(model, {})).toBe(model);
    expect(variantModel(model, { similarity: 'cosine' }).similarity).toBe('cosine');
  });
});
