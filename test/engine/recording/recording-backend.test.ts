import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compile, EngineError, tf } from '../../../src/engine/index.ts';
import { kernels } from '../../../src/engine/kernels/table.ts';
import { recordingBackend } from '../../../src/engine/recording/register.ts';
import { numbers } from '../transformer.ts';

const BACKENDS = ['cpu', 'onnxruntime'] as const;

beforeEach(async () => {
  await tf.setBackend('onnxruntime');
});
afterEach(() => tf.disposeVariables());

function random(shape: number[], seed = 1): tf.Tensor {
  const next = numbers(seed);
  return tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, next), shape);
}

/** What `f` gives on the cpu backend, and on ours. */
async function onBoth<T>(f: () => Promise<T>): Promise<readonly [T, T]> {
  const results: T[] = [];
  for (const backend of BACKENDS) {
    await tf.setBackend(backend);
    results.push(await f());
    tf.disposeVariables();
  }
  return [results[0], results[1]];
}

function expectClose(got: readonly number[], want: readonly number[], tolerance = 1e-5): void {
  expect(got).toHaveLength(want.length);
  for (const [i, x] of want.entries()) {
    expect(Math.abs(got[i] - x), `${i}: ${got[i]} for ${x}`).toBeLessThan(
      tolerance * (1 + Math.abs(x)),
    );
  }
}

describe('plain tfjs code', () => {
  test('reads tensors later and at once, and prints them', async () => {
    const x = tf.matMul(
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
      tf.tensor2d([[1], [10]]),
    );
    expect(await x.data()).toEqual(Float32Array.of(21, 43));
    expect(tf.add(x, 1).arraySync()).toEqual([[22], [44]]);
    expect(await tf.greater(x, 30).data()).toEqual(Uint8Array.of(0, 1));
    expect(await tf.argMax(x, 0).array()).toEqual([1]);
    expect(x.toString()).toContain('[[21],');
    expect(await Promise.all([tf.sum(x).data(), tf.mean(x).data()])).toEqual([
      Float32Array.of(64),
      Float32Array.of(32),
    ]);
  });

  test('computes when a tensor is read, and nothing twice', async () => {
    const x = tf.exp(tf.tensor1d([0, 1]));
    const { value } = recordingBackend().symbolOf(x);
    expect(value.source.kind).toBe('node');
    const y = tf.mul(x, 2);
    await y.data();
    expect(value.source.kind).toBe('constant');
  });

  test('decides by data, outside of compiled steps', async () => {
    let x = tf.scalar(100);
    let halvings = 0;
    while (x.dataSync()[0] > 1) {
      x = tf.div(x, 2);
      halvings++;
    }
    expect(halvings).toBe(7);
    expect(
      await (
        await tf.booleanMaskAsync(tf.tensor1d([5, 6, 7]), tf.tensor1d([1, 0, 1], 'bool'))
      ).array(),
    ).toEqual([5, 7]);
  });

  test('has the gradients of the cpu backend', async () => {
    const [want, got] = await onBoth(async () => {
      const f = (x: tf.Tensor, w: tf.Tensor) =>
        tf.mean(tf.logSoftmax(tf.tanh(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D))));
      const { value, grads } = tf.valueAndGrads(f)([random([4, 3]), random([3, 5], 2)]);
      const v = tf.variable(random([3], 3));
      const own = tf.variableGrads(() => tf.sum(tf.square(tf.sin(v))) as tf.Scalar);
      const second = tf.grad((x) => tf.sum(tf.grad((z) => tf.sum(tf.mul(z, tf.square(z))))(x)));
      const all = [value, ...grads, ...Object.values(own.grads), second(v)];
      return all.flatMap((tensor) => [...tensor.dataSync()]);
    });
    expectClose(got, want);
  });

  test('runs on tensors of other backends, and they on its own', async () => {
    await tf.setBackend('cpu');
    const foreign = tf.tensor1d([1, 2]);
    await tf.setBackend('onnxruntime');
    const own = tf.mul(foreign, 3);
    await tf.setBackend('cpu');
    expect(await tf.add(own, foreign).data()).toEqual(Float32Array.of(4, 8));
  });

  test('does not let one failing operation spoil others', async () => {
    const bad = tf.gather(tf.tensor1d([1, 2]), tf.tensor1d([5], 'int32'));
    const good = tf.add(tf.tensor1d([1, 2]), 1);
    expect(await good.data()).toEqual(Float32Array.of(2, 3));
    await expect(bad.data()).rejects.toThrow(
      /idx=5.*Gather for tf\.gather.*backend\.test\.ts:\d+/s,
    );
  });

  test('names every kernel that it lacks, the op that asked for it, and the line', () => {
    const image = tf.ones([1, 4, 4, 1]) as tf.Tensor4D;
    expect(() => tf.conv2d(image, tf.ones([2, 2, 1, 1]) as tf.Tensor4D, 1, 'same')).toThrow(
      /kernel Conv2D, which tf\.conv2d needs, is not implemented.*\n {4}at .*backend\.test\.ts:\d+/,
    );
    const lacking = tf
      .getKernelsForBackend('cpu')
      .filter(({ kernelName }) => !(kernelName in kernels));
    expect(lacking.length).toBeGreaterThan(10);
    for (const { kernelName } of lacking) {
      const run = () => tf.engine().runKernel(kernelName, { x: image }, {});
      expect(run).toThrow(`kernel ${kernelName} is not implemented by the engine`);
    }
  });

  test('says that a tensor of a traced step has no value outside', async () => {
    let leaked: tf.Tensor | undefined;
    await compile(
      {
        inputs: { x: { shape: [2], dtype: 'float32' } },
        state: {},
        step: ({ x }) => {
          leaked = tf.keep(tf.mul(x, 2));
          return { outputs: { y: leaked } };
        },
      },
      { backend: 'onnxruntime' },
    );
    await expect((leaked as tf.Tensor).data()).rejects.toThrow(EngineError);
    await expect((leaked as tf.Tensor).data()).rejects.toThrow(/made inside a traced step/);
  });
});

describe('optimizers of tfjs', () => {
  test.each(['sgd', 'momentum', 'adagrad', 'adadelta', 'adam', 'adamax', 'rmsprop'] as const)(
    '%s minimizes as on the cpu backend',
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
  const { dense, embedding, layerNormalization, flatten, lstm } = tf.layers;
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

describe('memory', () => {
  test('of tensors is freed by dispose and tf.tidy, and kept by tf.keep', async () => {
    const before = tf.memory().numTensors;
    const own = recordingBackend().numDataIds();
    const kept = tf.tidy(() => {
      const x = random([3, 3]);
      tf.keep(tf.square(x));
      return tf.sum(x);
    });
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(recordingBackend().numDataIds()).toBe(own + 2);
    kept.dispose();
    expect(recordingBackend().numDataIds()).toBe(own + 1);
    expect(() => tf.add(kept, 1)).toThrow(/disposed/);
  });

  test('is shared by a variable and what it was made of, until both are gone', async () => {
    const start = tf.tensor1d([1, 2]);
    const w = tf.variable(start);
    start.dispose();
    expect(await w.data()).toEqual(Float32Array.of(1, 2));
    const next = tf.add(w, 1);
    w.assign(next as tf.Tensor1D);
    next.dispose();
    expect(await w.data()).toEqual(Float32Array.of(2, 3));
    const own = recordingBackend().numDataIds();
    w.dispose();
    expect(recordingBackend().numDataIds()).toBe(own - 1);
  });

  test('does not grow with the steps of a training, whether losses are read or not', async () => {
    const w = tf.variable(random([4, 4]));
    const optimizer = tf.train.adam(0.01);
    const step = () =>
      optimizer.minimize(() => tf.mean(tf.square(tf.matMul(w as tf.Tensor2D, w as tf.Tensor2D))));
    step();
    await w.data();
    const tensors = tf.memory().numTensors;
    const ids = recordingBackend().numDataIds();
    for (let i = 0; i < 200; i++) {
      step();
      if (i < 5) await w.data();
      expect(recordingBackend().graph.size).toBeLessThan(1_200);
    }
    expect(tf.memory().numTensors).toBe(tensors);
    expect(recordingBackend().numDataIds()).toBe(ids);
    expect(tf.memory().unreliable).toBe(true);
  });

  test('does not grow with repetitions of one operation that are never read', () => {
    const x = tf.tensor1d([1, 2]);
    const own = recordingBackend().numDataIds();
    for (let i = 0; i < 3_000; i++) tf.add(x, 1).dispose();
    expect(recordingBackend().numDataIds()).toBe(own);
  });

  test('of a backend left behind is moved with its tensors', async () => {
    const w = tf.variable(tf.mul(tf.tensor1d([1, 2]), 2));
    const own = recordingBackend().numDataIds();
    await tf.setBackend('cpu');
    expect(await tf.add(w, 1).data()).toEqual(Float32Array.of(3, 5));
    expect(recordingBackend().numDataIds()).toBe(own - 1);
  });
});

test('tf.time and tf.profile measure what was computed', async () => {
  const { kernelMs, wallMs } = await tf.time(() => tf.matMul(tf.ones([8, 8]), tf.ones([8, 8])));
  expect(kernelMs).toBeGreaterThan(0);
  expect(wallMs).toBeGreaterThanOrEqual(kernelMs as number);
  const { kernelNames, newTensors } = await tf.profile(() => tf.matMul(tf.eye(2), tf.ones([2, 2])));
  expect(kernelNames).toContain('BatchMatMul');
  expect(newTensors).toBeGreaterThan(0);
});
