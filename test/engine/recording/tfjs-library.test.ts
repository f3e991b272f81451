import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { expectClose, onBoth, random } from './both-backends.ts';

beforeEach(async () => {
  await tf.setBackend('onnxruntime');
});
afterEach(() => tf.disposeVariables());

describe('optimizers of tfjs', () => {
  test.each(['sgd', 'momentum', 'adagrad', 'adadelta', 'adam', 'adamax', 'rmsprop'] as const)(
    '%s minimizes a loss as on the cpu backend',
    async (name) => {
      const make: Readonly<Record<typeof name, () => tf.Optimizer>> = {
        sgd: () => tf.train.sgd(0.1),
        momentum: () => tf.train.momentum(0.1, 0.9, true),
        adagrad: () => tf.train.adagrad(0.1),
        adadelta: () => tf.train.adadelta(0.1),
        adam: () => tf.train.adam(0.1),
        adamax: () => tf.train.adamax(0.1),
        rmsprop: () => tf.train.rmsprop(0.1, 0.9, 0.5, 1e-7, true),
      };
      const [want, got] = await onBoth(async () => {
        const w = tf.variable(random([3, 2]));
        const x = random([5, 3], 2) as tf.Tensor2D;
        const optimizer = make[name]();
        const losses: number[] = [];
        for (let i = 0; i < 5; i++) {
          const loss = optimizer.minimize(
            () => tf.mean(tf.square(tf.sub(tf.matMul(x, w as tf.Tensor2D), 1))),
            true,
          );
          losses.push((await (loss as tf.Scalar).data())[0]);
        }
        return [...losses, ...(await w.data())];
      });
      expect(want[4]).toBeLessThan(want[0]);
      expectClose(got, want, 1e-4);
    },
  );
});

describe('layers of tfjs', () => {
  const { dense, embedding, layerNormalization, flatten, lstm, gru } = tf.layers;
  const { conv2d, maxPooling2d, averagePooling2d, batchNormalization } = tf.layers;
  const classes = () =>
    tf.oneHot(
      tf.tensor1d(
        Array.from({ length: 24 }, (_, i) => i % 3),
        'int32',
      ),
      3,
    );
  const cases: Readonly<
    Record<string, () => readonly [tf.LayersModel, tf.Tensor, tf.Tensor, string]>
  > = {
    'a dense network': () => [
      tf.sequential({
        layers: [dense({ units: 6, activation: 'relu', inputShape: [4] }), dense({ units: 1 })],
      }),
      random([24, 4]),
      random([24, 1], 2),
      'meanSquaredError',
    ],
    'an embedding with layer normalisation': () => [
      tf.sequential({
        layers: [
          embedding({ inputDim: 7, outputDim: 4, inputLength: 5 }),
          layerNormalization(),
          flatten(),
          dense({ units: 3, activation: 'softmax' }),
        ],
      }),
      tf.floor(tf.mul(tf.abs(random([24, 5])), 7)),
      classes(),
      'categoricalCrossentropy',
    ],
    'a convolutional network': () => [
      tf.sequential({
        layers: [
          conv2d({ filters: 4, kernelSize: 3, activation: 'relu', inputShape: [10, 10, 2] }),
          maxPooling2d({ poolSize: 2 }),
          conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', useBias: false }),
          batchNormalization(),
          averagePooling2d({ poolSize: 2 }),
          flatten(),
          dense({ units: 3, activation: 'softmax' }),
        ],
      }),
      random([24, 10, 10, 2]),
      classes(),
      'categoricalCrossentropy',
    ],
    'a gated recurrent network': () => [
      tf.sequential({
        layers: [gru({ units: 3, inputShape: [3, 4] }), dense({ units: 3, activation: 'softmax' })],
      }),
      random([24, 3, 4]),
      classes(),
      'categoricalCrossentropy',
    ],
    'a recurrent network': () => [
      tf.sequential({
        layers: [
          lstm({ units: 3, inputShape: [3, 4] }),
          dense({ units: 3, activation: 'softmax' }),
        ],
      }),
      random([24, 3, 4]),
      classes(),
      'categoricalCrossentropy',
    ],
  };

  test.each(Object.keys(cases))(
    '%s is fitted, evaluated and predicts as on the cpu backend',
    async (name) => {
      let seed = 0;
      const [want, got] = await onBoth(async () => {
        const [model, x, y, loss] = cases[name]();
        seed = 0;
        model.setWeights(model.getWeights().map((w) => random(w.shape, ++seed)));
        model.compile({ optimizer: 'adam', loss, metrics: ['accuracy'] });
        const { history } = await model.fit(x, y, {
          epochs: 3,
          batchSize: 8,
          shuffle: false,
          verbose: 0,
        });
        const scores = (model.evaluate(x, y) as tf.Scalar[]).flatMap((t) => [...t.dataSync()]);
        const predicted = (model.predict(x) as tf.Tensor).dataSync();
        return [
          ...(history.loss as number[]),
          ...(history.acc as number[]),
          ...scores,
          ...predicted,
        ];
      });
      expect(want[2]).toBeLessThan(want[0]);
      expectClose(got, want, 1e-4);
    },
  );
});
