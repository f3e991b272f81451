import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compile, EngineError, tf } from '../../../src/engine/index.ts';
import { recordingBackend } from '../../../src/engine/recording/register.ts';
import { expectClose, onBoth, random } from './both-backends.ts';

beforeEach(async () => {
  await tf.setBackend('onnxruntime');
});
afterEach(() => tf.disposeVariables());

describe('plain tfjs code', () => {
  test('can read tensors asynchronously and synchronously, and print them', async () => {
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

  test('is computed when a tensor is read, and nothing is computed twice', async () => {
    const x = tf.exp(tf.tensor1d([0, 1]));
    const { value } = recordingBackend().symbolOf(x);
    expect(value.source.kind).toBe('node');
    const y = tf.mul(x, 2);
    await y.data();
    expect(value.source.kind).toBe('constant');
  });

  test('can branch on data, outside of compiled steps', async () => {
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

  test('can use tensors of other backends, and other backends its own', async () => {
    await tf.setBackend('cpu');
    const foreign = tf.tensor1d([1, 2]);
    await tf.setBackend('onnxruntime');
    const own = tf.mul(foreign, 3);
    await tf.setBackend('cpu');
    expect(await tf.add(own, foreign).data()).toEqual(Float32Array.of(4, 8));
  });

  test('is not affected by another operation that fails', async () => {
    const position = tf.mul(
      tf.tensor1d([1, 5], 'int32'),
      tf.tensor1d([0, 1], 'int32'),
    ) as tf.Tensor1D;
    const bad = tf.gather(tf.tensor1d([1, 2]), position);
    const good = tf.add(tf.tensor1d([1, 2]), 1);
    expect(await good.data()).toEqual(Float32Array.of(2, 3));
    await expect(bad.data()).rejects.toThrow(
      /idx=5.*Gather for tf\.gather.*backend\.test\.ts:\d+/s,
    );
  });

  test('runs a kernel that the engine lacks on the cpu backend, with one warning', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    try {
      const image = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
      for (let i = 0; i < 2; i++) {
        const flipped = tf.image.flipLeftRight(tf.add(image, i));
        expect([...(await flipped.data())]).toEqual([2 + i, 1 + i, 4 + i, 3 + i]);
      }
      await new Promise(setImmediate);
    } finally {
      process.off('warning', listen);
    }
    const own = warnings.filter(({ message }) => message.includes('FlipLeftRight'));
    expect(own.map(({ message }) => message)).toEqual([
      "kernel FlipLeftRight runs on tfjs's cpu backend: the engine has no such kernel for these tensors",
    ]);
    expect((own[0] as Error & { detail: string }).detail).toMatch(/backend\.test\.ts:\d+/);
  });

  test('keeps the errors of a cpu kernel, and frees what it copied', () => {
    const before = tf.memory().numDataBuffers;
    expect(() => tf.image.rotateWithOffset(tf.zeros([1, 2, 2, 1]), 1)).not.toThrow();
    expect(() => tf.string.stringToHashBucketFast(tf.tensor1d(['a']), 0)).toThrow(
      'Number of buckets must be at least 1',
    );
    const cpu = tf.findBackend('cpu');
    const held = cpu.numDataIds();
    tf.tidy(() => tf.image.flipLeftRight(tf.zeros([1, 2, 2, 1]) as tf.Tensor4D).dataSync());
    expect(cpu.numDataIds()).toBe(held);
    expect(tf.memory().numDataBuffers).toBeGreaterThanOrEqual(before);
  });

  test('holds strings and complex numbers', async () => {
    const words = tf.reshape(tf.tensor1d(['to', 'be', 'or', 'not']), [2, 2]);
    expect(await tf.concat([words, words], 1).array()).toEqual([
      ['to', 'be', 'to', 'be'],
      ['or', 'not', 'or', 'not'],
    ]);
    const z = tf.complex(tf.tensor1d([1, 2, 3, 4]), tf.tensor1d([0, 1, 0, -1]));
    const [want, got] = [tf.real(tf.spectral.ifft(tf.spectral.fft(z))), tf.real(z)];
    expectClose([...(await want.data())], [...(await got.data())], 1e-6);
    expect([...(await tf.imag(tf.mul(z, z)).data())]).toEqual([0, 4, 0, -8]);
  });

  test('shares the data of clones and reshaped tensors', async () => {
    const before = tf.backend().numDataIds();
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const y = tf.reshape(tf.clone(x), [4]);
    x.dispose();
    expect(tf.backend().numDataIds() - before).toBe(1);
    expect([...(await tf.mul(y, y).data())]).toEqual([1, 4, 9, 16]);
    expect([...(await tf.add(y, tf.expandDims(y, 1)).data())]).toHaveLength(16);
    const gradient = tf.grad((a) => tf.logSigmoid(tf.reshape(tf.clone(a), [2, 2])))(y);
    expectClose(
      [...(await gradient.data())],
      [1, 2, 3, 4].map((n) => 1 / (1 + Math.exp(n))),
    );
    tf.dispose([y, gradient]);
  });

  test('cannot read a tensor of a traced step', async () => {
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

describe('memory of tensors', () => {
  test('is freed by dispose and tf.tidy, and kept by tf.keep', async () => {
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

  test('is shared by a variable and its initial value, until both are gone', async () => {
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

  test('moves with its tensors to another backend', async () => {
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
