import type { Tensor4D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import {
  adam,
  type Backend,
  compile,
  type NamedTensors,
  type StepDefinition,
  tf,
  valueAndGradients,
} from '../../src/engine/index.ts';
import { numbers } from './transformer.ts';

const BATCH = 16;
const SIDE = 8;

function random(shape: number[], scale: number, seed: number) {
  const next = numbers(seed);
  const length = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length }, () => next() * scale);
  return { shape, dtype: 'float32' as const, values };
}

/** Logits of images [batch, side, side, 1]: two convolutions, pooling and a linear layer. */
function logits(x: tf.Tensor, p: NamedTensors): tf.Tensor2D {
  const [first, second] = [p.first, p.second] as Tensor4D[];
  const bias = p.bias as tf.Tensor1D;
  const hidden = tf.fused.conv2d({
    x: x as Tensor4D,
    filter: first,
    strides: 1,
    pad: 'same',
    bias,
    activation: 'relu',
  });
  const pooled = tf.maxPool(hidden, 2, 2, 'valid');
  const deep = tf.relu(tf.conv2d(pooled, second, 1, 'valid'));
  const features = tf.reshape(tf.avgPool(deep, 2, 1, 'valid'), [BATCH, -1]);
  return tf.matMul(features, p.head as tf.Tensor2D);
}

const parameters = {
  first: random([3, 3, 1, 4], 0.5, 1),
  bias: random([4], 0.1, 2),
  second: random([3, 3, 4, 6], 0.3, 3),
  head: random([6, 2], 0.5, 4),
};
const optimizer = adam();
const definition: StepDefinition = {
  inputs: {
    x: { shape: [BATCH, SIDE, SIDE, 1], dtype: 'float32' },
    labels: { shape: [BATCH], dtype: 'int32' },
    learningRate: { shape: [], dtype: 'float32' },
  },
  state: { ...parameters, ...optimizer.initialState(parameters) },
  step: ({ x, labels, learningRate }, state) => {
    const names = Object.keys(parameters);
    const own = Object.fromEntries(names.map((name) => [name, state[name]]));
    const moments = Object.fromEntries(
      Object.entries(state).filter(([name]) => !names.includes(name)),
    );
    const loss = (p: NamedTensors) =>
      tf.losses.softmaxCrossEntropy(tf.oneHot(labels as tf.Tensor1D, 2), logits(x, p)) as tf.Scalar;
    const { value, gradients } = valueAndGradients(loss, own);
    const next = optimizer.update({ parameters: own, gradients, state: moments, learningRate });
    return { outputs: { loss: value }, state: { ...next.parameters, ...next.state } };
  },
};

/** Images with a bright row (label 0) or a bright column (label 1). */
function batch(seed: number) {
  const next = numbers(seed);
  const labels = Int32Array.from({ length: BATCH }, (_, i) => i % 2);
  const x = Float32Array.from({ length: BATCH * SIDE * SIDE }, () => 0.2 * next());
  for (const [i, label] of labels.entries()) {
    const at = Math.floor((0.5 + next() / 2) * (SIDE - 1e-6));
    for (let j = 0; j < SIDE; j++) {
      const [row, column] = label === 0 ? [at, j] : [j, at];
      x[(i * SIDE + row) * SIDE + column] += 1;
    }
  }
  return { x, labels, learningRate: Float32Array.of(0.02) };
}

async function train(backend: Backend, steps: number): Promise<number[]> {
  const program = await compile(definition, { backend });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push((await program.run(batch(i + 10))).loss[0]);
  await program.dispose();
  return losses;
}

test('a compiled convolutional network trains as on the cpu backend', async () => {
  const [compiled, eager] = [await train('onnxruntime', 4), await train('cpu', 4)];
  for (const [i, loss] of eager.entries()) expect(compiled[i]).toBeCloseTo(loss, 4);
});

test('a compiled convolutional network learns to tell rows from columns', async () => {
  const losses = await train('onnxruntime', 100);
  expect(losses[0]).toBeGreaterThan(0.5);
  expect(losses.at(-1)).toBeLessThan(0.1);
});
