import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { adam, compile, saveOnnx, tf, valueAndGradients } from '../../src/engine/index.ts';
import type { NamedTensors, Precision, StepDefinition } from '../../src/engine/step/step.ts';
import { failureOf } from './failure.ts';

const folder = await mkdtemp(join(tmpdir(), 'precision-'));
afterAll(() => rm(folder, { recursive: true }));

function wave(length: number, frequency = 1.7): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i * frequency));
}

const HALVES = ['float16', 'bfloat16'] as const;
const parameters = {
  w: { shape: [6, 16], dtype: 'float32', values: wave(96).map((x) => x / 3) },
  v: { shape: [16, 3], dtype: 'float32', values: wave(48, 2.3).map((x) => x / 3) },
} as const;
const scores = (x: tf.Tensor, { w, v }: NamedTensors) =>
  tf.matMul(tf.relu(tf.matMul(x, w)), v) as tf.Tensor;

/** @param gain of the loss */
function training(gain = 1): StepDefinition {
  const optimizer = adam();
  return {
    inputs: {
      x: { shape: [null, 6], dtype: 'float32' },
      labels: { shape: [null], dtype: 'int32' },
      learningRate: { shape: [], dtype: 'float32' },
    },
    state: { ...parameters, ...optimizer.initialState(parameters) },
    step: ({ x, labels, learningRate }, { w, v, ...moments }) => {
      const loss = (p: NamedTensors) =>
        tf.mul(
          tf.losses.softmaxCrossEntropy(tf.oneHot(labels as tf.Tensor1D, 3), scores(x, p)),
          gain,
        );
      const { value, gradients } = valueAndGradients(loss, { w, v });
      const next = optimizer.update({
        parameters: { w, v },
        gradients,
        state: moments,
        learningRate,
      });
      return { outputs: { loss: value }, state: { ...next.parameters, ...next.state } };
    },
  };
}

const batch = {
  x: wave(72),
  labels: Int32Array.from({ length: 12 }, (_, i) => (i * 5) % 3),
  learningRate: Float32Array.of(0.02),
};

async function train(precision: Precision, steps: number, gain?: number) {
  const program = await compile(training(gain), { backend: 'onnxruntime', precision });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push((await program.run(batch)).loss[0]);
  return { losses, state: await program.readState(), program };
}

describe('training in low precision', () => {
  test.each(HALVES)('%s follows float32, and differs from it', async (precision) => {
    const want = await train('float32', 60);
    const got = await train(precision, 60);
    expect(want.losses[59]).toBeLessThan(want.losses[0] / 2);
    expect(got.losses[59]).toBeLessThan(got.losses[0] / 2);
    const differences = got.losses.map((loss, i) => Math.abs(loss - want.losses[i]));
    expect(Math.max(...differences)).toBeLessThan(precision === 'float16' ? 0.01 : 0.06);
    expect(Math.max(...differences)).toBeGreaterThan(0);
  });

  test.each(HALVES)('%s keeps parameters in float32', async (precision) => {
    const { state } = await train(precision, 3);
    const odd = [...state.w].filter(
      (x) => (new Uint32Array(Float32Array.of(x).buffer)[0] & 0x1fff) > 0,
    );
    expect(odd.length).toBeGreaterThan(60);
  });

  test('float16 skips steps whose gradients overflow, and halves the scale', async () => {
    // The gradients of the scores are about 1e4 times 2^15 at first, more than float16 holds.
    const { program } = await train('float16', 0, 1e4);
    const before = await program.readState();
    expect(before['precision/scale'][0]).toBe(2 ** 15);
    const { loss } = await program.run(batch);
    expect(Number.isFinite(loss[0])).toBe(true);
    const after = await program.readState();
    expect(after.w).toEqual(before.w);
    expect(after['precision/scale'][0]).toBe(2 ** 14);
    for (let i = 0; i < 30; i++) await program.run(batch);
    const later = await program.readState();
    expect(later.w).not.toEqual(before.w);
    expect([...later.w].every(Number.isFinite)).toBe(true);
    expect(later['precision/scale'][0]).toBeLessThan(2 ** 14);
  });

  test('float16 doubles the scale after 2000 good steps', async () => {
    const { program } = await train('float16', 0);
    const state = await program.readState();
    await program.writeState({ ...state, 'precision/goodSteps': Float32Array.of(1998) });
    const scales: number[] = [];
    for (let i = 0; i < 3; i++) {
      await program.run(batch);
      scales.push((await program.readState())['precision/scale'][0]);
    }
    expect(scales).toEqual([2 ** 15, 2 ** 16, 2 ** 16]);
  });

  test('rounds products, and nothing else', async () => {
    const definition: StepDefinition = {
      inputs: { x: { shape: [1, 1], dtype: 'float32' } },
      state: {},
      step: ({ x }) => ({ outputs: { product: tf.matMul(x, x), square: tf.square(x) } }),
    };
    const x = Float32Array.of(1 + 2 ** -9);
    const results: number[][] = [];
    for (const precision of HALVES) {
      const program = await compile(definition, { backend: 'onnxruntime', precision });
      const { product, square } = await program.run({ x });
      results.push([product[0], square[0]]);
    }
    const exact = Math.fround((1 + 2 ** -9) ** 2);
    expect(results).toEqual([
      [1 + 2 ** -8, exact],
      [1, exact],
    ]);
  });

  test('a gradient that float16 alone would lose arrives', async () => {
    const definition: StepDefinition = {
      inputs: {},
      state: { w: { shape: [1, 1], dtype: 'float32', values: Float32Array.of(1) } },
      step: (_inputs, { w }) => {
        const loss = (p: NamedTensors) => tf.mul(tf.sum(tf.matMul(p.w, tf.ones([1, 1]))), 1e-9);
        const { gradients } = valueAndGradients(loss, { w });
        return { outputs: { g: gradients.w } };
      },
    };
    const program = await compile(definition, { backend: 'onnxruntime', precision: 'float16' });
    expect((await program.run({})).g[0] / 1e-9).toBeCloseTo(1, 2);
  });

  test('is refused where it cannot be had', async () => {
    expect(
      await failureOf(() => compile(training(), { backend: 'cpu', precision: 'float16' })),
    ).toMatch(/precision 'float16' needs the onnxruntime backend, not cpu/);
    expect(await failureOf(() => compile(training(), { precision: 'float8' as never }))).toMatch(
      /no precision 'float8'; known: float32, float16, bfloat16/,
    );
  });
});

describe('a file in low precision', () => {
  test.each(HALVES)('%s has half the size and scores within 1e-2', async (precision) => {
    const { state } = await train('float32', 60);
    const wide = 200;
    const definition: StepDefinition = {
      inputs: { x: { shape: [null, 6], dtype: 'float32' } },
      state: {
        w: { ...parameters.w, values: state.w },
        v: { ...parameters.v, values: state.v },
        table: { shape: [wide, wide], dtype: 'float32', values: wave(wide * wide) },
      },
      step: ({ x }, { table, ...p }) => ({
        outputs: { y: tf.softmax(scores(x, p)), z: tf.mean(table, 0) },
      }),
    };
    const run = async (name: Precision) => {
      const path = join(folder, `${name}.onnx`);
      await saveOnnx(path, definition, { precision: name });
      const session = await InferenceSession.create(path);
      const { y } = await session.run({ x: new Tensor(batch.x, [12, 6]) });
      return { scores: [...(y.data as Float32Array)], bytes: (await stat(path)).size };
    };
    const [want, got] = [await run('float32'), await run(precision)];
    expect(got.bytes / want.bytes).toBeLessThan(0.52);
    const differences = got.scores.map((score, i) => Math.abs(score - want.scores[i]));
    expect(Math.max(...differences)).toBeLessThan(1e-2);
    expect(Math.max(...differences)).toBeGreaterThan(0);
  });
});
