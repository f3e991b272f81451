import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { compile, type DType, EngineError, tf } from '../../../src/engine/index.ts';
import { type Content, expectSame, type Op, runOn } from './parity.ts';

function floats(shape: readonly number[], ...values: number[]): Content {
  return { shape, dtype: 'float32', values };
}
function ints(shape: readonly number[], ...values: number[]): Content {
  return { shape, dtype: 'int32', values };
}
function bools(...values: number[]): Content {
  return { shape: [values.length], dtype: 'bool', values };
}

const LEAST = -(2 ** 31);
const MOST = 2 ** 31 - 1;

/** Results that are those of tfjs's cpu backend. */
const SAME: Readonly<Record<string, readonly [Op, ...Content[]]>> = {
  'topk of no rows': [(x) => [tf.topk(x, 2).values, tf.topk(x, 2).indices], floats([0, 3])],
  'topk of no columns': [(x) => tf.topk(x, 0).indices, floats([2, 0])],
  'topk of booleans': [(x) => Object.values(tf.topk(x, 2)), bools(0, 1, 1, 0)],
  'topk of integers': [
    (x) => Object.values(tf.topk(x, 4)),
    ints([4], LEAST, MOST, 16777217, 16777216),
  ],
  'remainder of the smallest integer by -1': [tf.mod as Op, ints([2], LEAST, 7), ints([2], -1, -2)],
  'quotient of the smallest integer': [
    tf.div as Op,
    ints([3], LEAST, LEAST, LEAST),
    ints([3], -1, 3, 1),
  ],
  'quotients of large integers': [
    tf.div as Op,
    ints([6], 16777217, MOST, -MOST, 7, -7, -7),
    ints([6], 1, 1, 2, 2, 2, -2),
  ],
  'product of large integers': [
    (a, b) => tf.matMul(a, b),
    ints([2, 2], 16777217, 1, 3, 5),
    ints([2, 1], 1, 1),
  ],
  'product of transposed integers': [
    (a, b) => tf.matMul(a, b, true, true),
    ints([2, 3], 1, 2, 3, 4, 5, 16777217),
    ints([2, 2], 1, 1, 0, 1),
  ],
  'einsum of large integers': [
    (a, b) => tf.einsum('ij,jk->ik', a, b),
    ints([1, 2], 16777217, 1),
    ints([2, 1], 1, 1),
  ],
  'rounding of large integers': [(x) => tf.round(x), ints([3], 16777217, -16777217, 3)],
  'max of NaN': [(x) => tf.max(x, 1), floats([4, 3], NaN, 1, 2, 1, NaN, 2, 1, 2, NaN, 1, 3, 2)],
  'min of NaN': [(x) => tf.min(x, 1), floats([4, 3], NaN, 1, 2, 1, NaN, 2, 1, 2, NaN, 1, 3, 2)],
  'max of all': [(x) => tf.max(x), floats([4], 1, -Infinity, NaN, 2)],
  'argMax of NaN': [
    (x) => tf.argMax(x, 1),
    floats([5, 3], NaN, 1, 2, 1, NaN, 2, 1, 2, NaN, NaN, NaN, NaN, -Infinity, NaN, 0),
  ],
  'argMin of NaN': [(x) => tf.argMin(x, 0), floats([3, 3], NaN, 1, 2, 1, NaN, -2, 1, 2, NaN)],
  'max and min of nothing': [(x) => [tf.max(x), tf.min(x), tf.max(x, 0)], floats([0])],
  'max of nothing along an axis': [(x) => [tf.max(x, 1), tf.min(x, 1)], floats([2, 0])],
  'sum, mean and prod of nothing': [
    (x) => [tf.sum(x, 1), tf.mean(x, 1), tf.prod(x, 1)],
    floats([2, 0]),
  ],
  'argMax over an empty axis': [(x) => tf.argMax(x, 1), floats([2, 0])],
  'argMax of nothing': [(x) => tf.argMax(x), floats([0])],
  'max, min and argMax of booleans': [
    (x) => [tf.max(x), tf.min(x), tf.argMax(x), tf.argMin(x)],
    bools(0, 1, 0),
  ],
  'clipByValue of booleans': [(x) => tf.clipByValue(x, 0, 1), bools(0, 1)],
  'clipByValue of integers without a bound': [
    (x) => [tf.clipByValue(x, -Infinity, 3), tf.clipByValue(x, 0.5, Infinity)],
    ints([3], LEAST, 0, MOST),
  ],
  'concat of mixed types': [(a, b) => tf.concat([a, b], 0), floats([1], 1.5), ints([1], 2)],
  'concat with an empty tensor': [
    (a, b) => tf.concat([a, b], 0),
    floats([0, 2]),
    floats([1, 2], 3, 4),
  ],
  'scatterND of rank 1': [
    (i, u) => tf.scatterND(i, u, [4]),
    ints([3], 1, 3, 1),
    floats([3], 5, 6, 7),
  ],
  'scatterND of rows, of rank 1': [
    (i, u) => tf.scatterND(i, u, [3, 2]),
    ints([2], 2, 0),
    floats([2, 2], 1, 2, 3, 4),
  ],
  'gather with a negative number of batch axes': [
    (x, i) => tf.gather(x, i as tf.Tensor1D, 1, -1),
    floats([2, 3], 1, 2, 3, 4, 5, 6),
    ints([2, 2], 0, 2, 1, 1),
  ],
  'gather of nothing from nothing': [
    (x, i) => tf.gather(x, i as tf.Tensor1D),
    floats([0, 2]),
    ints([0]),
  ],
  'range down': [() => [tf.range(4, -2), tf.range(0, -3, -1, 'int32'), tf.range(3, 0, 1)]],
  'range that ends before it starts': [() => tf.range(0, 10, -1)],
  'stridedSlice to an empty tensor': [
    (x) => tf.stridedSlice(x, [3], [3], [1]),
    floats([4], 1, 2, 3, 4),
  ],
  'sigmoid far from zero': [(x) => tf.sigmoid(x), floats([8], -14, -17, -20, -87, 14, 20, 88, NaN)],
  'sign, step and cast of NaN': [
    (x) => [tf.sign(x), tf.step(x, 0.5), tf.cast(x, 'int32'), tf.cast(x, 'bool')],
    floats([4], NaN, 1, -2, 0),
  ],
  'cast of infinities': [(x) => tf.cast(x, 'int32'), floats([3], Infinity, -Infinity, 1.9)],
  'where of booleans': [(c, a, b) => tf.where(c, a, b), bools(1, 0), bools(0, 1), bools(1, 1)],
  'unsortedSegmentSum with ids out of range': [
    (x, i) => tf.unsortedSegmentSum(x, i as tf.Tensor1D, 2),
    floats([4], 1, 2, 3, 4),
    ints([4], 0, -1, 2, 1),
  ],
};

test.each(Object.entries(SAME))('%s is as on the cpu backend', (_name, [op, ...operands]) =>
  expectSame(op, operands, 1e-6),
);

test.each(Object.entries(SAME))(
  '%s is as on the cpu backend when compiled',
  async (_name, example) => {
    const [op, ...operands] = example;
    const want = await runOn('cpu', op, operands);
    if (want instanceof Error) throw want;
    const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;
    const named = operands.map(({ shape, dtype, values }, i) => ({
      spec: [`x${i}`, { shape, dtype }] as const,
      feed: [`x${i}`, arrays[dtype as DType].from(values)] as const,
    }));
    const program = await compile(
      {
        inputs: Object.fromEntries(named.map(({ spec }) => spec)),
        state: {},
        step: (inputs) => ({
          outputs: Object.fromEntries(
            [op(...Object.values(inputs))].flat().map((tensor, i) => [`y${i}`, tensor]),
          ),
        }),
      },
      { backend: 'onnxruntime' },
    );
    const got = await program.run(Object.fromEntries(named.map(({ feed }) => feed)));
    for (const [i, { values, shape, dtype }] of want.entries()) {
      expect(program.outputs[`y${i}`]).toEqual({ shape, dtype });
      const own = [...got[`y${i}`]];
      expect(own).toHaveLength(values.length);
      for (const [j, value] of values.entries()) {
        const isSame =
          Object.is(own[j], value) || Math.abs(own[j] - value) <= 1e-6 * Math.abs(value);
        expect(isSame || own[j] === value, `y${i}[${j}]: ${own[j]}, cpu ${value}`).toBe(true);
      }
    }
    await program.dispose();
  },
);

test('topk takes NaN for the largest number, and of equal numbers the first ones', async () => {
  await tf.setBackend('onnxruntime');
  const { values, indices } = tf.topk(tf.tensor1d([1, NaN, 3, 2, 3, NaN]), 4);
  expect([...(await values.data())]).toEqual([NaN, NaN, 3, 3]);
  expect([...(await indices.data())]).toEqual([1, 5, 2, 4]);
  const ties = Array.from({ length: 500 }, (_, i) => (i * 7) % 3);
  for (const k of [1, 3, 200, 500]) {
    const wanted = ties.map((_, i) => i).sort((a, b) => ties[b] - ties[a] || a - b);
    const top = tf.topk(tf.tensor1d(ties), k, k % 2 === 0);
    expect([...(await top.indices.data())]).toEqual(wanted.slice(0, k));
  }
});

test('zeros keep their signs', async () => {
  await tf.setBackend('onnxruntime');
  for (const zeros of [[-0, 0], [0, -0], [-0], [-0, -0]]) {
    expect([...(await tf.tensor1d(zeros).data())]).toEqual(zeros);
  }
  expect([...(await tf.div(1, tf.tensor1d([-0, 0])).data())]).toEqual([-Infinity, Infinity]);
});

const vector = floats([10], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
const three = floats([3], 1, 2, 3);

/** What is refused when the operation is called, and the message. */
const REFUSED: Readonly<Record<string, readonly [Op, RegExp, ...Content[]]>> = {
  'slice beyond the end': [
    (x) => tf.slice(x, [8], [10]),
    /begin\[0\] \+ size\[0\] \(18\) would/,
    vector,
  ],
  'slice from a negative position': [
    (x) => tf.slice(x, [-2], [1]),
    /begin -2 is outside axis 0/,
    vector,
  ],
  'slice of a negative size': [(x) => tf.slice(x, [2], [-3]), /Negative size values/, vector],
  'slice from beyond the end': [
    (x) => tf.slice(x, [11]),
    /outside axis 0 of length 10|overflow/,
    vector,
  ],
  'expandDims above the rank': [
    (x) => tf.expandDims(x, 2),
    /Axis must be <= rank|axis 2 must be/,
    three,
  ],
  'expandDims below the rank': [(x) => tf.expandDims(x, -3), /axis -3 must be in/, three],
  'concat of unlike shapes': [
    (a, b) => tf.concat([a, b], 0),
    /does not match the shape of the rest/,
    floats([2, 2], 1, 2, 3, 4),
    floats([0, 3]),
  ],
  'gather at -1': [
    (x, i) => tf.gather(x, i as tf.Tensor1D),
    /index value -1 is not in \[0, 2\]/,
    three,
    ints([1], -1),
  ],
  'gather beyond the end': [
    (x, i) => tf.gather(x, i as tf.Tensor1D),
    /index value 3 is not in/,
    three,
    ints([1], 3),
  ],
  'gatherND at -1': [tf.gatherND as Op, /index value -1 is not in/, three, ints([1, 1], -1)],
  'scatterND at -1': [
    (i, u) => tf.scatterND(i, u, [3]),
    /index value -1 is not in/,
    ints([1, 1], -1),
    floats([1], 1),
  ],
  'tensorScatterUpdate at -1': [
    tf.tensorScatterUpdate as Op,
    /index value -1 is not in/,
    three,
    ints([1, 1], -1),
    floats([1], 1),
  ],
  'einsum without an arrow': [
    (a, b) => tf.einsum('ij,jk', a, b),
    /arrow/,
    floats([1, 2], 1, 2),
    floats([2, 1], 1, 2),
  ],
  'einsum of unlike sizes': [
    (a, b) => tf.einsum('ij,jk->ik', a, b),
    /Expected dimension 2 at axis|mismatch/i,
    floats([1, 2], 1, 2),
    floats([3, 1], 1, 2, 3),
  ],
  'split of other sizes': [(x) => tf.split(x, [2, 2]), /sum of sizes/, vector],
  'stack of unlike shapes': [(a, b) => tf.stack([a, b]), /shapes/, three, vector],
  'matMul of a vector': [(a, b) => tf.matMul(a, b), /rank/, three, three],
  'integers by zero': [tf.div as Op, /integer division by zero/, ints([1], 3), ints([1], 0)],
  'reshape to another size': [(x) => tf.reshape(x, [2, 2]), /must match/, three],
  'a window larger than the image': [
    (x) => tf.maxPool(x as tf.Tensor4D, 3, 1, 'valid'),
    /window of \[3,3\] does not fit the input \[1,1\]/,
    floats([1, 1, 1, 1], 1),
  ],
};

test.each(Object.entries(REFUSED))('%s is refused at the call', async (_name, example) => {
  const [op, message, ...operands] = example;
  await tf.setBackend('onnxruntime');
  const tensors = operands.map(({ values, shape, dtype }) =>
    tf.tensor([...values], [...shape], dtype),
  );
  expect(() => op(...tensors)).toThrow(message);
});

describe('positions that are computed', () => {
  const inputs = {
    x: { shape: [3], dtype: 'float32' },
    i: { shape: [2], dtype: 'int32' },
  } as const;
  const feeds = { x: Float32Array.of(1, 2, 3), i: Int32Array.of(2, -1) };
  const steps: Readonly<Record<string, (x: Tensor, i: Tensor) => Tensor>> = {
    gather: (x, i) => tf.gather(x, i as tf.Tensor1D),
    gatherND: (x, i) => tf.gatherND(x, tf.reshape(i, [2, 1])),
    scatterND: (x, i) => tf.scatterND(tf.reshape(i, [2, 1]), tf.slice(x, [0], [2]), [3]),
    'the gradient of gather': (x, i) =>
      tf.grad((y) => tf.sum(tf.square(tf.gather(y, i as tf.Tensor1D))))(x),
  };

  test.each(Object.entries(steps))('of %s fail a compiled step when negative', async (_name, f) => {
    const program = await compile({
      inputs,
      state: {},
      step: ({ x, i }) => ({ outputs: { y: f(x, i) } }),
    });
    await expect(program.run(feeds)).rejects.toThrow(/ind(ex|ice|ices).*-1\b/);
    await program.run({ ...feeds, i: Int32Array.of(2, 0) });
    await program.dispose();
  });

  test.each(Object.entries(steps))('of %s fail a read when negative', async (_name, f) => {
    await tf.setBackend('onnxruntime');
    const i = tf.mul(tf.tensor1d([2, 1], 'int32'), tf.tensor1d([1, -1], 'int32'));
    expect(() => f(tf.tensor1d([1, 2, 3]), i).dataSync()).toThrow(EngineError);
  });
});

describe('names of a step', () => {
  const scalar = { shape: [], dtype: 'float32' } as const;

  test('may be what the engine uses inside', async () => {
    const program = await compile({
      inputs: { nothing: scalar },
      state: { nothing: { ...scalar, values: Float32Array.of(1) } },
      step: ({ nothing }, state) => ({
        outputs: { nothing: tf.add(nothing, state.nothing), nothing_: tf.mul(nothing, 2) },
        state: { nothing: tf.add(state.nothing, 1) },
      }),
    });
    const first = await program.run({ nothing: Float32Array.of(5) });
    expect([first.nothing[0], first.nothing_[0]]).toEqual([6, 10]);
    expect((await program.run({ nothing: Float32Array.of(5) })).nothing[0]).toBe(7);
    await program.dispose();
  });

  test.each(['state/w', 'next/w', 'output/w'])(
    'an input %s beside a state or output w is refused',
    async (name) => {
      const compiling = compile({
        inputs: { [name]: scalar, w: scalar },
        state: { w: { ...scalar, values: Float32Array.of(10) } },
        step: (inputs, { w }) => ({
          outputs: { w: tf.add(inputs[name], w) },
          state: { w: tf.add(w, inputs.w) },
        }),
      });
      await expect(compiling).rejects.toThrow(`two tensors of the step would be called '${name}'`);
    },
  );
});
