import { expect, test } from 'vitest';
import { compile, tf } from '../../../src/engine/index.ts';
import type { Arithmetic } from '../../../src/studies/precision/arithmetic.ts';
import { drawDigits } from '../../../src/studies/precision/digits.ts';
import { type Training, trainIn } from '../../../src/studies/precision/experiment.ts';
import { Exponents } from '../../../src/studies/precision/exponents.ts';
import { roundedParameters, sumOfHalves } from '../../../src/studies/precision/half.ts';
import { meansOfLosses } from '../../../src/studies/precision/means.ts';
import { networkParameters } from '../../../src/studies/precision/network.ts';
import { trainingStep } from '../../../src/studies/precision/step.ts';
import { sweep } from '../../../src/studies/precision/sweep.ts';
import { initialise } from '../../../src/study/models/parameters.ts';

const TRAINING: Training = {
  hidden: 16,
  steps: 60,
  batch: 32,
  learningRate: 0.1,
  lossWeight: 1,
  firstScale: 2 ** 15,
  growthSteps: 20,
  examples: 128,
  asked: 64,
  every: 30,
  seed: 1,
};

async function ends(arithmetic: Arithmetic, changes: Partial<Training> = {}) {
  const { curve } = await trainIn(arithmetic, { ...TRAINING, ...changes });
  return curve[curve.length - 1];
}

const { x, labels } = batchOf(32);

function batchOf(count: number) {
  const { pixels, labels } = drawDigits(count, 7, 'train');
  return { x: pixels, labels };
}

/** Weights after a step from the same ones, and its scale. */
async function oneStep(arithmetic: Arithmetic, changes: Partial<Training> = {}) {
  const settings = { ...TRAINING, ...changes };
  const parameters = await roundedParameters(initialise(networkParameters(16), 1));
  const { definition, options } = trainingStep(parameters, arithmetic, settings);
  const program = await compile(definition, options);
  const learningRate = Float32Array.of(settings.learningRate);
  const { loss } = await program.run({ x, labels, learningRate });
  const [value, state] = [loss[0], await program.readState()];
  await program.dispose();
  const weights = Float32Array.from(state.weight1);
  return { loss: value, weights, before: parameters.weight1.values, state };
}

const isHalf = (value: number) =>
  (new Uint32Array(Float32Array.of(value).buffer)[0] & 0x1fff) === 0;

test('the backward pass that is written out is the engine’s own', async () => {
  const written = await oneStep('float32');
  const definition = await oneStep('engine bfloat16');
  const float16 = await oneStep('engine float16');
  const moved = (step: typeof written) => step.weights.map((w, i) => w - step.before[i]);
  const apart = (a: Float32Array, b: Float32Array) =>
    Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0)) /
    Math.sqrt(a.reduce((sum, value) => sum + value ** 2, 0));
  expect(apart(moved(written), moved(float16))).toBeLessThan(0.002);
  expect(apart(moved(written), moved(definition))).toBeLessThan(0.02);
  expect(float16.loss).toBeCloseTo(written.loss, 2);
});

test('weights are float16 numbers unless there are master weights', async () => {
  const [none, master] = [await oneStep('none'), await oneStep('master')];
  const large = (weights: Float32Array) => weights.filter((w) => Math.abs(w) > 2 ** -14);
  expect(large(none.weights).every(isHalf)).toBe(true);
  expect(large(master.weights).every(isHalf)).toBe(false);
});

test('updates below half of a weight’s last digit vanish without master weights', async () => {
  const learningRate = 2 ** -20;
  const none = await oneStep('none', { learningRate });
  const kept = none.weights.filter((w, i) => Math.abs(w) > 0.01 && w !== none.before[i]);
  expect(kept).toHaveLength(0);
  const master = await oneStep('master', { learningRate });
  expect(master.weights).not.toEqual(none.weights);
});

test('gradients of a small loss vanish without a scale, and not with one', async () => {
  const lossWeight = 2 ** -24;
  const without = await oneStep('master, losses', { lossWeight });
  expect(without.weights).toEqual(without.before);
  const scaled = await oneStep('all', { lossWeight });
  expect(scaled.weights).not.toEqual(scaled.before);
});

test('a scale that makes gradients overflow is halved, and the step is skipped', async () => {
  const { weights, before, state } = await oneStep('all', { firstScale: 2 ** 30 });
  expect(weights).toEqual(before);
  expect(state.scale[0]).toBe(2 ** 29);
  const grown = await oneStep('all', { growthSteps: 1 });
  expect(grown.state.scale[0]).toBe(2 ** 16);
});

test.each(['float32', 'none', 'all', 'engine float16'] as const)(
  '%s learns digits',
  async (own) => {
    const { curve } = await trainIn(own, { ...TRAINING, hidden: 32, steps: 120, every: 60 });
    expect(curve.map(({ step }) => step)).toEqual([0, 60, 120]);
    expect(curve[2].loss).toBeLessThan(curve[0].loss / 2);
    expect(curve[2].accuracy).toBeGreaterThan(2 * curve[0].accuracy);
  },
);

test('factors of the loss do not change an exact training', async () => {
  const exact = await ends('float32');
  expect((await ends('float32', { lossWeight: 2 ** -20 })).loss).toBeCloseTo(exact.loss, 6);
  const training = { ...TRAINING, steps: 10, every: 10 };
  const rows = await sweep('loss weight', [1, 2 ** -24], ['master, losses'], training);
  expect(rows[0].loss).toBeLessThan(rows[0].start);
  expect(rows[1].loss).toBe(rows[1].start);
});

test('numbers are counted by their powers of two', async () => {
  const values = Float32Array.of(0, 1, -1.5, 0.25, 2 ** -30);
  expect(new Exponents().add(values).rows()).toEqual([
    { exponent: -30, count: 1 },
    { exponent: -2, count: 1 },
    { exponent: 0, count: 2 },
  ]);
  // 2^-12 of a weight from 2^3 on; weights below 2^-14 have the last digit of 2^-14.
  const updates = new Exponents().addUpdates(
    Float32Array.of(2 ** -8, 1),
    Float32Array.of(9, 0),
    0.5,
  );
  expect(updates.rows()).toEqual([
    { exponent: -12, count: 1 },
    { exponent: 13, count: 1 },
  ]);
  const { exponents } = await trainIn('float32', { ...TRAINING, steps: 1, every: 1 });
  const of = (kind: string, step: number) =>
    exponents
      .filter((row) => row.kind === kind && row.step === step)
      .reduce((sum, { count }) => sum + count, 0);
  expect(of('error', 0)).toBe(32);
  expect(of('update', 1)).toBe(of('weight gradient', 1));
  expect(of('activation gradient', 0)).toBeLessThanOrEqual(2 * 32 * 16);
});

test('sums of float16 numbers are rounded at every addition', async () => {
  const sums = async (rows: number[][], axis: number) => {
    const sum = tf.tidy(() => sumOfHalves(tf.tensor2d(rows), axis));
    const values = [...(await sum.data())];
    sum.dispose();
    return values;
  };
  await tf.setBackend('cpu');
  expect(
    await sums(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      0,
    ),
  ).toEqual([9, 12]);
  expect(
    await sums(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      1,
    ),
  ).toEqual([6, 15]);
  expect(await sums([[2048], [1]], 0)).toEqual([2048]);
  expect(await sums([[65504], [65504]], 0)).toEqual([Number.POSITIVE_INFINITY]);
});

test('a long sum stops where a term is less than half of its last digit', async () => {
  const rows = await meansOfLosses(8192);
  const mean = (order: string, terms: number) =>
    rows.find((row) => row.order === order && row.terms === terms)?.mean ?? Number.NaN;
  expect(mean('in pairs', 8192)).toBeCloseTo(2.302734375, 2);
  expect(mean('one by one', 16)).toBeCloseTo(2.302734375, 2);
  // From 4096 on the last digit is 4: 2.3 is rounded up to it; from 8192 on it is 8.
  expect(mean('one by one', 8192) * 8192).toBe(8192);
});
