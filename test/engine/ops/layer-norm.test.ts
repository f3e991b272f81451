import type { Tensor } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { compile, layerNorm, tf } from '../../../src/engine/index.ts';
import { float, operationsIn, optimised, type Subject } from '../passes/optimised.ts';

test('layer norm is one operation', async () => {
  expect(operationsIn(await optimised(({ a }) => layerNorm(a)))).toEqual(['LayerNormalization']);
});

test('the gradient of layer norm is the slope along every number', async () => {
  const weighted = (x: Tensor) => tf.mul(layerNorm(x, 1e-3), tf.tensor([[1, -2, 0.5, 3]]));
  const f: Subject = ({ a }) => tf.grad((x: Tensor) => tf.sum(weighted(x)))(a);
  await optimised(f);
  const a = Float64Array.of(0.3, -1.2, 0.7, 0.1);
  const at = (x: Float64Array) => {
    const mean = x.reduce((s, v) => s + v) / 4;
    const variance = x.reduce((s, v) => s + (v - mean) ** 2, 0) / 4;
    return [1, -2, 0.5, 3].reduce(
      (sum, w, i) => sum + (w * (x[i] - mean)) / Math.sqrt(variance + 1e-3),
      0,
    );
  };
  const program = await compile({
    inputs: { a: float(1, 4) },
    state: {},
    step: (inputs) => ({ outputs: { slope: f(inputs) } }),
  });
  const { slope } = await program.run({ a: Float32Array.from(a) });
  for (let i = 0; i < 4; i++) {
    const [up, down] = [1e-6, -1e-6].map((h) => at(a.map((v, j) => (i === j ? v + h : v))));
    expect(slope[i]).toBeCloseTo((up - down) / 2e-6, 4);
  }
  await program.dispose();
});
