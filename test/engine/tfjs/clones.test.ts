import { expect, test } from 'vitest';
import { compile, type NamedTensors, tf } from '../../../src/engine/index.ts';
import { recordingBackend } from '../../../src/engine/recording/register.ts';
import { trace } from '../../../src/engine/trace/trace.ts';

function float(...shape: number[]) {
  return { shape, dtype: 'float32' as const };
}
const X = Float32Array.of(0.5, -1, 2);

/** Results of a function of x on the engine and on tfjs's cpu backend. */
async function onBoth(f: (x: tf.Tensor) => tf.Tensor): Promise<readonly Float32Array[]> {
  const definition = {
    inputs: { x: float(3) },
    state: {},
    step: ({ x }: NamedTensors) => ({ outputs: { y: f(x) } }),
  };
  const results: Float32Array[] = [];
  for (const backend of ['onnxruntime', 'cpu'] as const) {
    const program = await compile(definition, { backend });
    results.push(Float32Array.from((await program.run({ x: X })).y));
    await program.dispose();
  }
  return results;
}

function expectClose([got, want]: readonly Float32Array[], exact: readonly number[]) {
  for (const [i, value] of exact.entries()) {
    expect(got[i]).toBeCloseTo(value, 5);
    expect(want[i]).toBeCloseTo(value, 5);
  }
}

test('gradients of gradients flow through the tensors kept for the first one', async () => {
  const cube = (x: tf.Tensor) => tf.mul(x, tf.square(x));
  const slope = tf.grad((x: tf.Tensor) => tf.sum(cube(x)));
  const curvature = tf.grad((x: tf.Tensor) => tf.sum(slope(x)));
  const third = tf.grad((x: tf.Tensor) => tf.sum(curvature(x)));
  expectClose(
    await onBoth(slope),
    [...X].map((x) => 3 * x * x),
  );
  expectClose(
    await onBoth(curvature),
    [...X].map((x) => 6 * x),
  );
  expectClose(await onBoth(third), [6, 6, 6]);
});

test('a tensor that a step captures from another backend keeps its data', async () => {
  await tf.setBackend('cpu');
  const factor = tf.tensor1d([1, 2, 3]);
  const slope = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(tf.square(x), factor)));
  expectClose(
    await onBoth(slope),
    [...X].map((x, i) => 2 * x * (i + 1)),
  );
  expect([...(await factor.data())]).toEqual([1, 2, 3]);
  factor.dispose();
});

test('tracing leaks no tensor, runs no kernel for a clone, and restores tfjs', () => {
  const engine = tf.engine() as unknown as { clone: unknown };
  const { clone } = engine;
  recordingBackend();
  const kernel = tf.getKernel('Identity', 'onnxruntime');
  let clones = 0;
  const { kernelFunc } = kernel;
  kernel.kernelFunc = (given) => {
    clones += 1;
    return kernelFunc(given);
  };
  const before = tf.memory().numTensors;
  try {
    trace({
      inputs: { x: float(3) },
      state: {},
      step: ({ x }) => ({ outputs: { y: tf.grad((z) => tf.sum(tf.exp(tf.sin(z))))(x) } }),
    });
  } finally {
    kernel.kernelFunc = kernelFunc;
  }
  expect(clones).toBe(0);
  expect(tf.memory().numTensors).toBe(before);
  expect(engine.clone).toBe(clone);
});
