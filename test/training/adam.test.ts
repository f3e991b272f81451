import type { Scalar } from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { compile, tf } from '../../src/engine/index.ts';
import { ADAM, adamScalars, adamUpdate, globalNorm } from '../../src/training/adam.ts';

it('follows Adam with bias correction after clipping the global norm', async () => {
  const start = [0.5, -1, 2];
  const gradients = [
    [3, -4, 0],
    [0.1, 0.2, -0.3],
    [0.5, 0.5, 0.5],
  ];
  const zeros = () => new Float32Array(3);
  const vector = { shape: [3], dtype: 'float32' } as const;
  const scalar = { shape: [], dtype: 'float32' } as const;
  const program = await compile({
    inputs: { gradient: vector, stepSize: scalar, epsilon: scalar },
    state: {
      value: { ...vector, values: Float32Array.from(start) },
      first: { ...vector, values: zeros() },
      second: { ...vector, values: zeros() },
    },
    step: ({ gradient, stepSize, epsilon }, { value, first, second }) => {
      const norm = globalNorm([gradient]);
      const scale = tf.div(1, tf.maximum(norm, 1)) as Scalar;
      const next = adamUpdate({ value, first, second }, gradient, scale, stepSize, epsilon);
      return { outputs: { norm }, state: { ...next } };
    },
  });

  // The textbook, in float64.
  const value = [...start];
  const m = [0, 0, 0];
  const v = [0, 0, 0];
  for (let t = 1; t <= gradients.length; t++) {
    const rate = 0.01 * t;
    const length = Math.hypot(...gradients[t - 1]);
    gradients[t - 1].forEach((raw, i) => {
      const g = raw / Math.max(1, length);
      m[i] = ADAM.beta1 * m[i] + (1 - ADAM.beta1) * g;
      v[i] = ADAM.beta2 * v[i] + (1 - ADAM.beta2) * g * g;
      const corrected = v[i] / (1 - ADAM.beta2 ** t);
      value[i] -= (rate * (m[i] / (1 - ADAM.beta1 ** t))) / (Math.sqrt(corrected) + ADAM.epsilon);
    });
    const { stepSize, epsilon } = adamScalars(rate, t);
    const { norm } = await program.run({
      gradient: Float32Array.from(gradients[t - 1]),
      stepSize: Float32Array.of(stepSize),
      epsilon: Float32Array.of(epsilon),
    });
    expect(norm[0]).toBeCloseTo(length, 5);
    const state = await program.readState();
    value.forEach((expected, i) => {
      expect(state.value[i]).toBeCloseTo(expected, 5);
    });
  }
  await program.dispose();
});
