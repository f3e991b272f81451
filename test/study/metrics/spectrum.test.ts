import { expect, test } from 'vitest';
import { effectiveRank, gramOfScores, spectrumOf } from '../../../src/study/metrics/spectrum.ts';

test('scores of a dot product have the rank of its dimension, whatever is added to a query', () => {
  const [queries, keys, d] = [40, 7, 3];
  const value = (i: number) => Math.sin(1 + i * i);
  const scores = new Float32Array(queries * keys);
  for (let q = 0; q < queries; q++) {
    for (let k = 0; k < keys; k++) {
      let dot = value(1000 + q) * 50;
      for (let i = 0; i < d; i++) dot += value(q * d + i) * value(500 + k * d + i);
      scores[q * keys + k] = dot;
    }
  }
  const { values } = spectrumOf(gramOfScores(scores, keys));
  expect(values.filter((one) => one > 1e-4 * values[0])).toHaveLength(d);
});

test('a matrix that tells all keys apart alike has effective rank K - 1', () => {
  const scores = Float32Array.from({ length: 25 }, (_, i) => (i % 6 === 0 ? 3 : 0));
  expect(effectiveRank(spectrumOf(gramOfScores(scores, 5)))).toBeCloseTo(4, 5);
});
