import type { Tensor3D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { fitBits } from '../../../src/dimension/budgets/bits.ts';
import { fitRange, quantise, quantised } from '../../../src/dimension/fit/quantise.ts';
import { queriesOf } from '../../../src/dimension/judgements/judgements.ts';
import { problemOf } from '../../../src/dimension/problems/problems.ts';
import { compile } from '../../../src/engine/index.ts';
import { fc } from '../../properties.ts';

test('levels of one and two bits', () => {
  expect([-2, -0.1, 0, 0.7].map((x) => quantise(x, 2))).toEqual([-0.5, -0.5, 0.5, 0.5]);
  const levels = [-1, -0.4, 0.4, 1].map((x) => quantise(x, 4));
  expect(levels).toEqual([-0.75, -0.25, 0.25, 0.75]);
});

test('a level is kept as it is, and none is farther away than half a step beyond the nearest', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 16 }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      (bits, x) => {
        const L = 2 ** bits;
        const level = quantise(x, L);
        // The level itself lies in the part that falls to it.
        expect(quantise(level, L)).toBeCloseTo(level, 12);
        expect(Math.abs(level - x)).toBeLessThanOrEqual(1 / L + 1e-12);
      },
    ),
  );
});

test('rounding in a compiled step is that of plain numbers, by restart', async () => {
  const levels = [2, 4, 65536];
  const x = Float32Array.from({ length: 3 * 4 }, (_, i) => Math.sin(3 * i) * 1.3);
  const program = await compile({
    inputs: { x: { shape: [3, 2, 2], dtype: 'float32' } },
    state: {},
    step: (inputs) => ({ outputs: { y: quantised(inputs.x as Tensor3D, levels) } }),
  });
  const { y } = await program.run({ x });
  x.forEach((value, i) => {
    expect(y[i]).toBeCloseTo(quantise(value, levels[Math.floor(i / 4)]), 5);
  });
  await program.dispose();
});

test('the range loses little of normal numbers: the known distortion of uniform quantisers', () => {
  // Mean squared errors of the best uniform quantisers of a normal variable (Max 1960): 0.3634, 0.1188.
  const values = Float32Array.from({ length: 20_000 }, (_, i) => {
    const [u, v] = [(i * 0.754877666) % 1 || 0.5, (i * 0.569840296) % 1];
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  });
  for (const [levels, distortion] of [
    [2, 0.3634],
    [4, 0.1188],
  ]) {
    const scaled = fitRange(values, 1, levels);
    const inside = scaled.findIndex((x) => Math.abs(x) < 0.9 && Math.abs(x) > 0.1);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const range = (values[inside] - mean) / scaled[inside];
    const error = values.reduce(
      (sum, x, i) => sum + (x - mean - range * quantise(scaled[i], levels)) ** 2,
      0,
    );
    expect(error / values.length).toBeCloseTo(distortion, 2);
  }
});

test('more bits rank better, and sixteen as well as floats', async () => {
  const judgements = problemOf('planted-60-4');
  const parts = {
    fitted: queriesOf(
      judgements,
      Array.from({ length: 300 }, (_, i) => i),
    ),
    heldOut: queriesOf(
      judgements,
      Array.from({ length: 100 }, (_, i) => 300 + i),
    ),
  };
  const found = await fitBits(parts, 4, [1, 4, 16], 1, { steps: 200, learningRate: 0.1 });
  const recall = (bits: number) =>
    Math.max(
      ...found
        .filter((row) => row.bits === bits)
        .flatMap(({ fits }) => fits.map(({ heldOut }) => heldOut?.recall ?? 0)),
    );
  expect(found.map(({ bits, rounding }) => `${bits} ${rounding}`)).toHaveLength(6);
  expect(recall(1)).toBeLessThan(recall(4));
  expect(recall(16)).toBeGreaterThan(0.93);
});
