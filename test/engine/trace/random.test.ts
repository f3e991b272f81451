import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { compile, saveOnnx, tf } from '../../../src/engine/index.ts';
import type { StepDefinition } from '../../../src/engine/step/step.ts';
import { failureOf } from '../failure.ts';

const folder = await mkdtemp(join(tmpdir(), 'random-'));
afterAll(() => rm(folder, { recursive: true }));

const DRAWS: Readonly<Record<string, () => tf.Tensor>> = {
  randomUniform: () => tf.randomUniform([40], -2, 3),
  'randomUniform of one number': () => tf.randomUniform([1], -2, 3),
  'randomUniform of int32': () => tf.randomUniform([40], -20, 30, 'int32'),
  'randomUniform of bool': () => tf.randomUniform([40], 0, 2, 'bool'),
  randomUniformInt: () => tf.randomUniformInt([40], 0, 9),
  randomNormal: () => tf.randomNormal([41], 5, 2),
  randomStandardNormal: () => tf.randomStandardNormal([41]),
  truncatedNormal: () => tf.truncatedNormal([41], 1, 3),
  dropout: () => tf.dropout(tf.ones([40]), 0.4),
  'two draws': () => tf.add(tf.randomUniform([5]), tf.randomUniform([5])),
};

function stepOf(draw: () => tf.Tensor): StepDefinition {
  return { inputs: {}, state: {}, step: () => ({ outputs: { y: draw() } }) };
}

async function runsOf(
  definition: StepDefinition,
  backend: 'onnxruntime' | 'cpu',
  seeds: readonly (number | undefined)[],
): Promise<number[][]> {
  const program = await compile(definition, { backend });
  const runs: number[][] = [];
  for (const seed of seeds) runs.push([...(await program.run({}, { seed })).y]);
  await program.dispose();
  return runs;
}

describe('random ops in a compiled step', () => {
  test.each(Object.keys(DRAWS))('%s draws with a seed what the cpu backend draws', async (name) => {
    const seeds = [7, 8, 2 ** 40 + 7, 7];
    const got = await runsOf(stepOf(DRAWS[name]), 'onnxruntime', seeds);
    const want = await runsOf(stepOf(DRAWS[name]), 'cpu', seeds);
    expect(got).toEqual(want);
    expect(got[3]).toEqual(got[0]);
    expect(got[1]).not.toEqual(got[0]);
    expect(got[2]).not.toEqual(got[0]);
  });

  test('draw new numbers in every run without a seed', async () => {
    for (const backend of ['onnxruntime', 'cpu'] as const) {
      const [first, second] = await runsOf(stepOf(DRAWS.randomNormal), backend, [
        undefined,
        undefined,
      ]);
      expect(second).not.toEqual(first);
    }
  });

  test('draw the same numbers in every run if they have a seed of their own, as in tfjs', async () => {
    const definition = stepOf(() => tf.randomUniform([4], 0, 1, 'float32', 3));
    const [first, second] = await runsOf(definition, 'onnxruntime', [1, 2]);
    expect(second).toEqual(first);
    const [want] = await runsOf(definition, 'cpu', [1]);
    expect(first).toEqual(want);
  });

  test('have gradients: the dropped numbers get none', async () => {
    const definition: StepDefinition = {
      inputs: { x: { shape: [100], dtype: 'float32' } },
      state: {},
      step: ({ x }) => {
        const drop = tf.customGrad(((a: tf.Tensor) => {
          const y = tf.dropout(a, 0.5);
          return { value: y, gradFunc: (dy: tf.Tensor) => tf.mul(dy, tf.div(y, a)) };
        }) as never);
        const { value, grad } = tf.valueAndGrad((a) => tf.sum(drop(a)))(x);
        return { outputs: { value, grad } };
      },
    };
    const program = await compile(definition);
    const x = new Float32Array(100).fill(1);
    const { value, grad } = await program.run({ x }, { seed: 1 });
    expect([...new Set(grad)].sort()).toEqual([0, 2]);
    expect(value[0]).toBe(grad.filter((g) => g > 0).length * 2);
  });

  test('a seed must be a whole number', async () => {
    for (const backend of ['onnxruntime', 'cpu'] as const) {
      const program = await compile(stepOf(DRAWS.randomUniform), { backend });
      expect(await failureOf(() => program.run({}, { seed: 0.5 }))).toMatch(
        /seed is 0.5, but must be a whole number from 0 on/,
      );
    }
  });

  test('are drawn by the saved file in every run', async () => {
    const path = join(folder, 'random.onnx');
    const step = () => ({
      outputs: { u: tf.randomUniform([1000], -1, 3), n: tf.randomNormal([1000], 5, 2) },
    });
    await saveOnnx(path, { inputs: {}, state: {}, step });
    const session = await InferenceSession.create(path);
    const [first, second] = [await session.run({}), await session.run({})];
    const u = first.u.data as Float32Array;
    expect(u).not.toEqual(second.u.data);
    expect(Math.min(...u)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...u)).toBeLessThan(3);
    expect(Math.max(...u) - Math.min(...u)).toBeGreaterThan(3.5);
    const n = first.n.data as Float32Array;
    const mean = n.reduce((a, b) => a + b, 0) / n.length;
    expect(Math.abs(mean - 5)).toBeLessThan(0.5);
  });

  test('are not saved where ONNX has no such operation', async () => {
    const definition = stepOf(DRAWS.truncatedNormal);
    expect(await failureOf(() => saveOnnx(join(folder, 'no.onnx'), definition))).toMatch(
      /draws float32 numbers of a truncated normal distribution, for which ONNX has no operation/,
    );
  });
});

test('a thread count is passed on, and refused by backends that have none', async () => {
  const definition = stepOf(() => tf.matMul(tf.ones([4, 4]), tf.ones([4, 4])));
  const program = await compile(definition, { backend: 'onnxruntime', threads: 2 });
  expect([...(await program.run({})).y]).toEqual(Array(16).fill(4));
  expect(await failureOf(() => compile(definition, { backend: 'cpu', threads: 2 }))).toMatch(
    /the cpu backend cannot be set to 2 threads/,
  );
  expect(await failureOf(() => compile(definition, { threads: 0 }))).toMatch(
    /threads is 0, but must be a whole number from 1 on/,
  );
});
