import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import {
  adam,
  compile,
  saveOnnx,
  softmax,
  tf,
  valueAndGradients,
} from '../../../src/engine/index.ts';
import type { StepDefinition } from '../../../src/engine/step/step.ts';
import { failureOf } from '../failure.ts';
import { expectClose } from '../recording/both-backends.ts';

const folder = await mkdtemp(join(tmpdir(), 'batch-'));
afterAll(() => rm(folder, { recursive: true }));

const SIZES = [1, 2, 7, 31, 64, 2];

function wave(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7));
}

type Function = (x: tf.Tensor, y: tf.Tensor) => tf.Tensor;

/** Functions of x: [batch, 6] and y: [batch, 6]. */
const FUNCTIONS: Readonly<Record<string, Function>> = {
  'elementwise operations': (x, y) => tf.add(tf.mul(x, 2), tf.tanh(y)),
  'a mean of everything': (x, y) => tf.mean(tf.sub(x, y)),
  'a mean over the batch': (x) => tf.mean(x, 0),
  'a reshape that keeps the batch': (x) => tf.reshape(x, [x.shape[0], 2, 3]),
  'a reshape that multiplies the batch': (x) => tf.reshape(x, [x.shape[0] * 3, 2]),
  'products of all pairs': (x, y) => tf.matMul(x, y, false, true),
  'softmax over pairs': (x, y) => softmax(tf.matMul(x, y, false, true)),
  'the number of rows': (x) => tf.mul(x, x.shape[0]),
  'a share of the number of rows': (x) => tf.div(tf.sum(x), x.shape[0]),
  'slices and joins': (x) =>
    tf.concat([tf.slice(x, [0, 1], [-1, 2]), tf.slice(x, [0, 0], [x.shape[0], 1])], 1),
  'two batches, one after the other': (x, y) => tf.concat([x, y], 0),
  'a broadcast': (x) => tf.add(tf.broadcastTo(tf.tensor1d([1, 2, 3, 4, 5, 6]), x.shape), x),
  'rows by their number': (x) =>
    tf.gather(x, tf.reverse(tf.range(0, x.shape[0], 1, 'int32') as tf.Tensor1D)),
  'a pad': (x) =>
    tf.pad(x, [
      [0, 0],
      [1, 2],
    ]),
  'a convolution': (x) =>
    tf.conv1d(
      tf.reshape(x, [x.shape[0], 6, 1]) as tf.Tensor3D,
      tf.ones([3, 1, 2]) as tf.Tensor3D,
      1,
      'same',
    ),
  'a gradient': (x, y) =>
    tf.grad((z) => tf.mean(tf.square(tf.sub(tf.softmax(tf.mul(z, x)), y))))(tf.add(x, y)),
  'the gradient of a gather': (x, y) =>
    tf.grad((z) => tf.sum(tf.square(tf.gather(z, tf.tensor1d([0, 0], 'int32')))))(tf.mul(x, y)),
};

function definitionOf(f: Function): StepDefinition {
  const spec = { shape: [null, 6], dtype: 'float32' } as const;
  return {
    inputs: { x: spec, y: spec },
    state: {},
    step: ({ x, y }) => ({ outputs: { z: f(x, y) } }),
  };
}

describe('a program for batches of every size', () => {
  test.each(Object.keys(FUNCTIONS))('computes %s', async (name) => {
    const definition = definitionOf(FUNCTIONS[name]);
    const program = await compile(definition, { backend: 'onnxruntime' });
    const reference = await compile(definition, { backend: 'cpu' });
    for (const size of SIZES) {
      const batch = { x: wave(size * 6), y: wave(size * 6).reverse() };
      const [got, want] = [await program.run(batch), await reference.run(batch)];
      expectClose([...got.z], [...want.z], 1e-5);
    }
  });

  test('declares which sizes of its outputs are open', async () => {
    const program = await compile(definitionOf(FUNCTIONS['products of all pairs']));
    expect(program.outputs).toEqual({ z: { shape: [null, null], dtype: 'float32' } });
    const fixed = await compile(definitionOf(FUNCTIONS['a mean over the batch']));
    expect(fixed.outputs).toEqual({ z: { shape: [6], dtype: 'float32' } });
  });

  test('trains: the state goes on from batch to batch', async () => {
    const state = { w: { shape: [6, 3], dtype: 'float32', values: wave(18) } } as const;
    const optimizer = adam();
    const definition: StepDefinition = {
      inputs: {
        x: { shape: [null, 6], dtype: 'float32' },
        labels: { shape: [null], dtype: 'int32' },
        learningRate: { shape: [], dtype: 'float32' },
      },
      state: { ...state, ...optimizer.initialState(state) },
      step: ({ x, labels, learningRate }, { w, ...moments }) => {
        const loss = (p: Readonly<Record<string, tf.Tensor>>) =>
          tf.losses.softmaxCrossEntropy(
            tf.oneHot(labels as tf.Tensor1D, 3),
            tf.matMul(tf.dropout(x, 0.2), p.w),
          );
        const { value, gradients } = valueAndGradients(loss, { w });
        const next = optimizer.update({
          parameters: { w },
          gradients,
          state: moments,
          learningRate,
        });
        return { outputs: { loss: value }, state: { ...next.parameters, ...next.state } };
      },
    };
    const run = async (backend: 'onnxruntime' | 'cpu') => {
      const program = await compile(definition, { backend });
      const losses: number[] = [];
      for (const [seed, size] of [5, 9, 5, 2].entries()) {
        const labels = Int32Array.from({ length: size }, (_, i) => i % 3);
        const batch = { x: wave(size * 6), labels, learningRate: Float32Array.of(0.1) };
        losses.push((await program.run(batch, { seed })).loss[0]);
      }
      return [...losses, ...(await program.readState()).w];
    };
    expectClose(await run('onnxruntime'), await run('cpu'), 1e-4);
  });

  test('is saved with a batch of any size', async () => {
    const path = join(folder, 'open.onnx');
    const definition = definitionOf(FUNCTIONS['softmax over pairs']);
    await saveOnnx(path, definition);
    const session = await InferenceSession.create(path);
    const declared = session.inputMetadata.map((input) => input.isTensor && input.shape);
    expect(declared).toEqual([
      ['batch', 6],
      ['batch', 6],
    ]);
    const reference = await compile(definition, { backend: 'cpu' });
    for (const size of SIZES) {
      const [x, y] = [wave(size * 6), wave(size * 6).reverse()];
      const feeds = { x: new Tensor(x, [size, 6]), y: new Tensor(y, [size, 6]) };
      const { z } = await session.run(feeds);
      expect(z.dims).toEqual([size, size]);
      expectClose([...(z.data as Float32Array)], [...(await reference.run({ x, y })).z], 1e-5);
    }
  });

  test('refuses batches that do not fit', async () => {
    for (const backend of ['onnxruntime', 'cpu'] as const) {
      const program = await compile(
        definitionOf((x) => x),
        { backend },
      );
      const run = (x: number, y: number) =>
        failureOf(() => program.run({ x: new Float32Array(x), y: new Float32Array(y) }));
      expect(await run(12, 13)).toMatch(
        /input 'y' has shape \[batch,6\], but 13 elements are no whole batch/,
      );
      expect(await run(12, 18)).toMatch(/input 'y' is a batch of 3, but input 'x' one of 2/);
      expect(await run(0, 0)).toMatch(/0 elements are no whole batch/);
    }
  });

  test('refuses a step that computes something else for another size', async () => {
    const odd = definitionOf((x) => (x.shape[0] % 4 === 1 ? tf.sin(x) : tf.cos(x)));
    expect(await failureOf(() => compile(odd))).toMatch(
      /computes something else for another size of the batch.*give the batch a fixed size/,
    );
    const table = definitionOf((x) =>
      tf.mul(x, tf.tensor2d(Array.from({ length: x.shape[0] }, (_, i) => [Math.sqrt(i)]))),
    );
    expect(await failureOf(() => compile(table))).toMatch(
      /constant float32\[\d+,1\] of the step depends on the size of the batch/,
    );
  });

  test('is not for state', async () => {
    const state = { w: { shape: [null], dtype: 'float32', values: wave(2) } } as never;
    const definition = { inputs: {}, state, step: () => ({ outputs: {} }) };
    expect(await failureOf(() => compile(definition))).toMatch(/state 'w' has shape/);
  });
});
