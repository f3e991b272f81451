import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { compile, type NamedTensors, tf } from '../../../src/engine/index.ts';
import { linearOfNormalised, normalise } from '../../../src/study/models/norm.ts';
import { numbers } from '../../engine/transformer.ts';

const [ROWS, WIDTH, TO] = [7, 6, 5];

const float = (...shape: number[]) => ({ shape, dtype: 'float32' as const });

type Layer = (p: NamedTensors, x: Tensor2D) => Tensor;

/** What a layer makes of x, and the gradients of an uneven sum of it. */
const resultsOf = async (layer: Layer, backend: 'onnxruntime' | 'cpu') => {
  const program = await compile(
    {
      inputs: {
        x: float(ROWS, WIDTH),
        'l.weight': float(WIDTH, TO),
        'l.bias': float(TO),
        dy: float(ROWS, TO),
      },
      state: {},
      step: ({ x, dy, ...p }) => {
        const f = (some: Tensor, weight: Tensor, bias: Tensor) =>
          tf.sum(tf.mul(dy, layer({ 'l.weight': weight, 'l.bias': bias }, some as Tensor2D)));
        const [dx, dWeight, dBias] = tf.grads(f)([x, p['l.weight'], p['l.bias']]);
        return { outputs: { y: layer(p, x as Tensor2D), dx, dWeight, dBias } };
      },
    },
    { backend },
  );
  const random = numbers(3);
  const some = (length: number) => Float32Array.from({ length }, random);
  const results = await program.run({
    x: some(ROWS * WIDTH),
    'l.weight': some(WIDTH * TO),
    'l.bias': some(TO),
    dy: some(ROWS * TO),
  });
  const copy = Object.entries(results).flatMap(([name, values]) =>
    Array.from(values, (value, i) => [`${name}[${i}]`, value] as const),
  );
  await program.dispose();
  return copy;
};

test.each(['onnxruntime', 'cpu'] as const)(
  'a linear layer of normalised rows and all its gradients, on %s',
  async (backend) => {
    const plain: Layer = (p, x) =>
      tf.add(tf.matMul(normalise(x), p['l.weight'] as Tensor2D), p['l.bias']);
    const [got, want] = [
      await resultsOf((p, x) => linearOfNormalised(p, 'l', x), backend),
      await resultsOf(plain, 'cpu'),
    ];
    expect(got).toHaveLength(want.length);
    for (const [i, [name, value]] of want.entries()) expect(got[i][1], name).toBeCloseTo(value, 4);
  },
);
