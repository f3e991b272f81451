import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import * as node from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  compile,
  type NamedValues,
  type StepDefinition,
  saveOnnx,
  tf,
} from '../../../src/engine/index.ts';
import { symbolic } from '../../../src/engine/kernels/symbolic.ts';
import { registerKernels } from '../../../src/engine/recording/register.ts';
import { batchOf, numbers, type Size, trainingStep } from '../transformer.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'export-'));
  web.env.wasm.numThreads = 1;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The stock runtimes that users have. */
const RUNTIMES = { 'onnxruntime-node': node, 'onnxruntime-web': web } as const;
type RuntimeName = keyof typeof RUNTIMES;
const EACH = Object.keys(RUNTIMES) as RuntimeName[];

async function load(runtime: RuntimeName, path: string) {
  const { InferenceSession, Tensor } = RUNTIMES[runtime] as typeof node;
  const session = await InferenceSession.create(new Uint8Array(readFileSync(path)));
  const shapes = new Map(
    session.inputMetadata.map((input) => [
      input.name,
      input.isTensor ? (input.shape as readonly number[]) : [],
    ]),
  );
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(values: NamedValues): Promise<NamedValues> {
      const feeds = Object.fromEntries(
        session.inputNames.map((name) => {
          const data = values[name];
          const type =
            data instanceof Float32Array
              ? 'float32'
              : data instanceof Int32Array
                ? 'int32'
                : 'bool';
          return [name, new Tensor(type, data as Float32Array, shapes.get(name) as number[])];
        }),
      );
      const results = await session.run(feeds as never);
      return Object.fromEntries(
        Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]),
      );
    },
  };
}

function expectClose(got: NamedValues, want: NamedValues, tolerance = 1e-5): void {
  for (const [name, values] of Object.entries(want)) {
    expect(got[name], name).toHaveLength(values.length);
    for (const [i, x] of values.entries()) {
      const difference = Math.abs(got[name][i] - x);
      expect(difference, `${name}[${i}]`).toBeLessThanOrEqual(tolerance * (1 + Math.abs(x)));
    }
  }
}

const next = numbers(5);
function filled(length: number) {
  return Float32Array.from({ length }, next);
}

/** Uses transposed products, layer norm, softmax, indices, tf.where and a gradient. */
const definition: StepDefinition = {
  inputs: { ids: { shape: [4], dtype: 'int32' }, x: { shape: [4, 6], dtype: 'float32' } },
  state: {
    table: { shape: [9, 6], dtype: 'float32', values: filled(54) },
    w: { shape: [6, 6], dtype: 'float32', values: filled(36) },
    offsets: { shape: [4], dtype: 'int32', values: Int32Array.of(1, 0, 2, 1) },
  },
  step: ({ ids, x }, { table, w, offsets }) => {
    const rows = tf.gather(table, tf.add(ids, offsets) as tf.Tensor1D) as tf.Tensor2D;
    const scores = tf.matMul(rows, x as tf.Tensor2D, false, true);
    const mixed = tf.matMul(
      tf.softmax(scores),
      tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D, false, true),
    );
    const normal = tf.mul(mixed, tf.rsqrt(tf.add(tf.mean(tf.square(mixed), -1, true), 1e-5)));
    const { values, indices } = tf.topk(normal, 2);
    return {
      outputs: {
        x: tf.selu(normal),
        best: values,
        places: indices,
        positive: tf.greater(normal, 0),
        sums: tf.cumsum(tf.where(tf.greater(normal, 0), normal, tf.zerosLike(normal)), 1),
        counts: tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 5),
        gradient: tf.grad((z) =>
          tf.sum(tf.matMul(tf.erf(z) as tf.Tensor2D, w as tf.Tensor2D, true)),
        )(w),
      },
    };
  },
};
const values = { ids: Int32Array.of(0, 3, 3, 2), x: filled(24) };

describe.each(EACH)('a saved function, loaded by the stock %s', (runtime) => {
  test('contains its parameters and gives the results of tfjs', async () => {
    const path = join(folder, `${runtime}.onnx`);
    await saveOnnx(path, definition);
    const eager = await compile(definition, { backend: 'cpu' });
    const { x, ...want } = await eager.run(values);
    const session = await load(runtime, path);
    expect(session.inputs).toEqual(['ids', 'x']);
    // A graph has one namespace.
    expect(session.outputs).toContain('output/x');
    expectClose(await session.run(values), { ...want, 'output/x': x });
  });

  test('can continue training: changed state is an input and an output', async () => {
    const size: Size = { batch: 6, length: 5, width: 8, heads: 2, layers: 2 };
    const program = await compile(trainingStep(size), { backend: 'onnxruntime' });
    await program.run(batchOf(size, 0));
    const path = join(folder, `${runtime}-step.onnx`);
    await program.save(path);
    let state: NamedValues = await program.readState();
    const session = await load(runtime, path);
    for (let i = 1; i < 4; i++) {
      const batch = batchOf(size, i);
      const stateInputs = Object.fromEntries(
        Object.entries(state).map(([name, data]) => [`state/${name}`, data]),
      );
      const results = await session.run({ ...batch, ...stateInputs });
      state = Object.fromEntries(Object.keys(state).map((name) => [name, results[`next/${name}`]]));
      expectClose({ loss: results.loss }, { loss: (await program.run(batch)).loss });
    }
    const own = await program.readState();
    const { tokens, keys } = state;
    expectClose({ tokens, keys }, { tokens: own.tokens, keys: own.keys }, 1e-4);
    await program.dispose();
  });
});

test('a saved function has only standard operations', async () => {
  const path = join(folder, 'standard.onnx');
  await saveOnnx(path, definition);
  const text = readFileSync(path, 'latin1');
  expect(text).toContain('MatMul');
  expect(text).not.toContain('com.microsoft');
});

test('program.save saves the current state, on every backend', async () => {
  const counter: StepDefinition = {
    inputs: {},
    state: {
      t: { shape: [], dtype: 'float32', values: Float32Array.of(0) },
      w: { shape: [], dtype: 'float32', values: Float32Array.of(1) },
    },
    step: (_inputs, { t, w }) => ({ outputs: { y: tf.mul(w, 2) }, state: { t: tf.add(t, 1) } }),
  };
  for (const backend of ['cpu', 'onnxruntime'] as const) {
    const program = await compile(counter, { backend });
    await program.writeState({ t: Float32Array.of(0), w: Float32Array.of(21) });
    const path = join(folder, `${backend}-now.onnx`);
    await program.save(path);
    const session = await load('onnxruntime-node', path);
    expect(session.inputs).toEqual(['state/t']);
    expect(await session.run({ 'state/t': Float32Array.of(4) })).toEqual({
      y: Float32Array.of(42),
      'next/t': Float32Array.of(5),
    });
    await program.dispose();
  }
});

test('inputs and outputs keep their names, whatever they are', async () => {
  const spec = { shape: [2], dtype: 'float32' } as const;
  const path = join(folder, 'names.onnx');
  await saveOnnx(path, {
    inputs: { v0: spec, v1: spec, c0: spec },
    state: {},
    step: ({ v0, v1, c0 }) => ({
      outputs: { v2: tf.mul(tf.add(tf.exp(v0), v1), c0), c1: tf.add(v0, 7), 'ä b': v1 },
    }),
  });
  const session = await load('onnxruntime-node', path);
  const results = await session.run({
    v0: Float32Array.of(0, 0),
    v1: Float32Array.of(1, 2),
    c0: Float32Array.of(3, 3),
  });
  expect(results).toEqual({
    v2: Float32Array.of(6, 9),
    c1: Float32Array.of(7, 7),
    'ä b': Float32Array.of(1, 2),
  });
});

describe('a save that fails', () => {
  test('names the path, leaves no file behind and keeps the old file', async () => {
    await expect(saveOnnx(join(folder, 'absent', 'x.onnx'), definition)).rejects.toThrow(
      /cannot save .*absent.*x\.onnx: ENOENT/,
    );
    const path = join(folder, 'old.onnx');
    writeFileSync(path, 'old');
    const broken: StepDefinition = {
      ...definition,
      step: ({ x }) => ({ outputs: { y: tf.add(x, tf.ones([5])) } }),
    };
    await expect(saveOnnx(path, broken)).rejects.toThrow(/4,6.*5/);
    expect(readFileSync(path, 'utf8')).toBe('old');
    await saveOnnx(path, definition);
    expect(readFileSync(path).length).toBeGreaterThan(1000);
    expect(readdirSync(folder).filter((name) => !name.endsWith('.onnx'))).toEqual([]);
  });

  test('names an operation that has no standard form', async () => {
    registerKernels({
      Own: (graph, { x }) =>
        symbolic(graph.op('Gelu', [x.value], x.shape, 'float32', {}, 'com.microsoft')),
    });
    const own: StepDefinition = {
      ...definition,
      step: ({ x }) => ({ outputs: { y: tf.engine().runKernel('Own', { x }) as Tensor } }),
    };
    await expect(saveOnnx(join(folder, 'own.onnx'), own)).rejects.toThrow(
      /operation Gelu is ONNX Runtime's own and has no standard form/,
    );
  });
});
