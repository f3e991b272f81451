import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile, tf } from '../../src/engine/index.ts';

function step(inputs: Record<string, tf.Tensor>, state: Record<string, tf.Tensor>) {
  const { w, b, table } = state;
  const f = (wv: tf.Tensor, bv: tf.Tensor, tv: tf.Tensor) => {
    const x = tf.gather(tv, inputs.ids as tf.Tensor1D); // [4, 3]
    const h = tf.relu(tf.add(tf.matMul(x as tf.Tensor2D, wv as tf.Tensor2D), bv));
    const p = tf.logSoftmax(h);
    return tf.neg(tf.mean(tf.sum(tf.mul(p, inputs.target), -1))) as tf.Scalar;
  };
  const { value, grads } = tf.valueAndGrads(f as never)([w, b, table]);
  const next = [w, b, table].map((p, i) => tf.sub(p, tf.mul(grads[i], inputs.rate)));
  return { outputs: { loss: value }, state: { w: next[0], b: next[1], table: next[2] } };
}

const definition = {
  inputs: {
    ids: { shape: [4], dtype: 'int32' },
    target: { shape: [4, 5], dtype: 'float32' },
    rate: { shape: [], dtype: 'float32' },
  },
  state: {
    w: {
      shape: [3, 5],
      dtype: 'float32',
      values: Float32Array.from({ length: 15 }, (_, i) => Math.sin(i)),
    },
    b: { shape: [5], dtype: 'float32', values: new Float32Array(5).fill(0.1) },
    table: {
      shape: [6, 3],
      dtype: 'float32',
      values: Float32Array.from({ length: 18 }, (_, i) => Math.cos(i)),
    },
  },
  step,
} as const;

test('a compiled training step follows the same step run on the cpu backend', async () => {
  const program = await compile(definition);
  const ids = Int32Array.of(0, 2, 2, 5);
  const target = Float32Array.from({ length: 20 }, (_, i) => (i % 5 === i % 4 ? 1 : 0));
  const rate = Float32Array.of(0.5);
  await tf.setBackend('cpu');
  const eager: Record<string, tf.Tensor> = {
    w: tf.tensor(definition.state.w.values, [3, 5]),
    b: tf.tensor(definition.state.b.values),
    table: tf.tensor(definition.state.table.values, [6, 3]),
  };
  for (let i = 0; i < 5; i++) {
    const got = (await program.run({ ids, target, rate })).loss[0];
    const want = step(
      {
        ids: tf.tensor(ids, [4], 'int32'),
        target: tf.tensor(target, [4, 5]),
        rate: tf.scalar(0.5),
      },
      eager,
    );
    Object.assign(eager, want.state);
    expect(got).toBeCloseTo((await want.outputs.loss.data())[0], 5);
  }
  const state = await program.readState();
  for (const name of ['w', 'b', 'table']) {
    const want = await eager[name].data();
    for (const [i, x] of state[name].entries()) expect(x).toBeCloseTo(want[i], 5);
  }
});

test('telemetry of ONNX Runtime is off before it loads', async () => {
  await compile(definition);
  expect(process.env.ORT_DISABLE_TELEMETRY).toBe('1');
  // Telemetry creates this file as soon as it starts.
  expect(existsSync(join(tmpdir(), `mat-debug-${process.pid}.log`))).toBe(false);
});
