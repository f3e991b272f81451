import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freeSessions, tf } from '../../../src/engine/index.ts';
import { cachedSessions } from '../../../src/engine/recording/session-cache.ts';
import { failureOf } from '../failure.ts';
import { onBoth, random } from './both-backends.ts';

beforeEach(async () => {
  await tf.setBackend('onnxruntime');
  freeSessions();
});
afterEach(() => tf.disposeVariables());

const ids = (...values: number[]) => tf.tensor1d(values, 'int32');
const CASES: Readonly<Record<string, () => tf.Tensor>> = {
  'rows of a matrix': () => tf.slice(random([6, 4]), [2, 0], [3, 4]),
  'the first rows': () => tf.slice(random([6, 2, 3]), 0, 2),
  'the rest of a vector': () => tf.slice(random([9]), 4),
  'whole numbers': () => tf.slice(ids(1, 2, 3, 4), 1, 2),
  'truth values': () => tf.slice(tf.tensor1d([true, false, true], 'bool'), 1, 2),
  strings: () => tf.slice(tf.tensor1d(['a', 'b', 'c']), 1, 2),
  'short rows at positions': () => tf.gather(random([6, 4]), ids(3, 0, 3)),
  'long rows at positions': () => tf.gather(random([6, 40]), ids(5, 1)),
  'numbers at a matrix of positions': () =>
    tf.gather(random([6]), tf.tensor2d([[1, 5]], [1, 2], 'int32')),
};

describe('rows of a computed tensor', () => {
  test.each(Object.keys(CASES))('are copied without a graph: %s', async (name) => {
    const [want, got] = await onBoth(async () => {
      const y = CASES[name]();
      return {
        shape: y.shape,
        dtype: y.dtype,
        data: [...(y.dataSync() as ArrayLike<unknown> & Iterable<unknown>)],
      };
    });
    expect(got).toEqual(want);
    expect(cachedSessions().count).toBe(0);
  });

  test('keep their numbers when the tensor is disposed of', () => {
    const x = random([4, 2]);
    const want = [...x.dataSync()].slice(2, 6);
    const part = tf.slice(x, 1, 2);
    x.dispose();
    expect([...part.dataSync()]).toEqual(want);
  });

  test('are refused out of bounds, as any others', async () => {
    const x = random([4, 2]);
    expect(await failureOf(async () => tf.gather(x, ids(0, 4)))).toMatch(
      /the index value 4 is not in \[0, 3\]/,
    );
    await expect(async () => tf.slice(x, [3, 0], [2, 2])).rejects.toThrow(/begin\[0\]|size/);
  });
});

test('a loop over slices and numbers that change has one session', async () => {
  const x = tf.add(random([40, 3]), tf.scalar(0)) as tf.Tensor2D;
  const results: number[] = [];
  for (let i = 0; i < 20; i++) {
    // The tensor is not computed at the first slice, and a column is no row.
    const y = tf.mul(tf.slice(tf.mul(x, i + 2), [i, 1], [2, 2]), 1 / (i + 2));
    results.push(tf.sum(y).dataSync()[0]);
  }
  expect(cachedSessions().count).toBeLessThanOrEqual(2);
  const all = x.arraySync();
  const want = Array.from({ length: 20 }, (_, i) =>
    [i, i + 1].flatMap((row) => all[row].slice(1, 3)).reduce((a, b) => a + b, 0),
  );
  for (const [i, sum] of results.entries()) expect(sum).toBeCloseTo(want[i], 4);
});

test('graphs that differ in an attribute, a shape or an axis have sessions of their own', () => {
  const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const read = (y: tf.Tensor) => [...y.dataSync()];
  expect(read(tf.sum(x, 0))).toEqual([4, 6]);
  expect(read(tf.sum(x, 1))).toEqual([3, 7]);
  expect(read(tf.cumsum(x, 1))).toEqual([1, 3, 3, 7]);
  expect(read(tf.cumsum(x, 1, true))).toEqual([0, 1, 0, 3]);
  expect(read(tf.sub(x, 1))).toEqual([0, 1, 2, 3]);
  expect(read(tf.sub(1, x))).toEqual([0, -1, -2, -3]);
  expect(read(tf.sub(x, x))).toEqual([0, 0, 0, 0]);
  expect(read(tf.sub(x, tf.add(x, 1)))).toEqual([-1, -1, -1, -1]);
});
