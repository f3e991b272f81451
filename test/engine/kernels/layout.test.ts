import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { type Content, check, contentOf, dtypes, expectSame, type Op, shapes } from './parity.ts';

const RUNS = 25;

/** A tensor of any type, and parameters of an op that depend on its shape. */
function checkWith<P>(
  parameters: (shape: readonly number[]) => fc.Arbitrary<P>,
  op: (x: Tensor, parameters: P) => Tensor | Tensor[],
  shape: fc.Arbitrary<number[]> = shapes({ minLength: 1 }),
) {
  return fc.assert(
    fc.asyncProperty(
      fc
        .tuple(shape, dtypes)
        .chain(([made, dtype]) => fc.tuple(contentOf(made, dtype), parameters(made))),
      ([x, chosen]) => expectSame((tensor) => op(tensor, chosen), [x]),
    ),
    { numRuns: RUNS, seed: 1 },
  );
}

function each<T>(
  shape: readonly number[],
  arbitrary: (size: number, axis: number) => fc.Arbitrary<T>,
) {
  return fc.tuple(...shape.map(arbitrary));
}

function axisOf(shape: readonly number[]) {
  return fc.integer({ min: -shape.length, max: shape.length - 1 });
}

describe('layout, on every element type and empty tensors, is as on the cpu backend', () => {
  test('reshape', () =>
    checkWith(
      (shape) => fc.shuffledSubarray([...shape], { minLength: shape.length }),
      (x, shape) => tf.reshape(x, shape),
    ));
  test('expandDims and squeeze', () =>
    checkWith(axisOf, (x, axis) => [tf.expandDims(x, axis), tf.squeeze(x)]));
  test('transpose', () =>
    checkWith(
      (shape) => fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      (x, perm) => tf.transpose(x, perm),
    ));
  test('broadcastTo', () =>
    checkWith(
      (shape) =>
        each(shape, (size) => (size === 1 ? fc.integer({ min: 1, max: 3 }) : fc.constant(size))),
      (x, shape) => [tf.broadcastTo(x, shape), tf.broadcastTo(x, [2, ...shape])],
      // The cpu backend cannot tile empty tensors.
      shapes({ minLength: 1, maxLength: 3 }).filter((shape) => !shape.includes(0)),
    ));
  test('slice', () =>
    checkWith(
      (shape) =>
        each(shape, (size) =>
          fc
            .integer({ min: 0, max: size })
            .chain((begin) =>
              fc.tuple(fc.constant(begin), fc.integer({ min: -1, max: size - begin })),
            ),
        ),
      (x, bounds) =>
        tf.slice(
          x,
          bounds.map(([begin]) => begin),
          bounds.map(([, size]) => size),
        ),
    ));
  test('stridedSlice', () =>
    checkWith(
      (shape) =>
        fc.tuple(
          each(shape, (size) => fc.integer({ min: -size - 1, max: size + 1 })),
          each(shape, (size) => fc.integer({ min: -size - 1, max: size + 1 })),
          each(shape, () => fc.constantFrom(1, 2, -1, -2)),
          fc.integer({ min: 0, max: 15 }),
          fc.integer({ min: 0, max: 15 }),
        ),
      (x, [begin, end, strides, beginMask, endMask]) =>
        tf.stridedSlice(x, begin, end, strides, beginMask, endMask),
      shapes({ minLength: 1 }).filter((shape) => !shape.includes(0)),
    ));
  test('reverse', () =>
    checkWith(
      (shape) => fc.subarray([...shape.keys()], { minLength: 1 }),
      (x, axes) => tf.reverse(x, axes),
    ));
  test('pad', () =>
    checkWith(
      (shape) =>
        each(shape, () => fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }))),
      (x, paddings) => [tf.pad(x, paddings), tf.pad(x, paddings, 1)],
    ));
  test('mirrorPad', () =>
    checkWith(
      (shape) =>
        fc.tuple(
          fc.constantFrom('reflect' as const, 'symmetric' as const),
          each(shape, (size) =>
            fc.tuple(fc.integer({ min: 0, max: size - 1 }), fc.integer({ min: 0, max: size - 1 })),
          ),
        ),
      (x, [mode, paddings]) => tf.mirrorPad(x, paddings, mode),
      shapes({ minLength: 1 }).filter((shape) => !shape.includes(0)),
    ));
  test('tile', () =>
    checkWith(
      (shape) => each(shape, () => fc.integer({ min: 1, max: 3 })),
      (x, reps) => tf.tile(x, reps),
    ));
  test('split', () =>
    checkWith(
      (shape) =>
        axisOf(shape).chain((axis) => {
          const size = shape.at(axis) ?? 0;
          return fc
            .tuple(fc.constant(axis), fc.integer({ min: 0, max: size }), fc.boolean())
            .map(([at, first, isOpen]) => [at, first, isOpen ? -1 : size - first] as const);
        }),
      (x, [axis, first, second]) => tf.split(x, [first, second], axis),
    ));
  test('split into equal parts', () =>
    checkWith(axisOf, (x, axis) => tf.split(x, Math.max(1, x.shape.at(axis) ?? 1), axis)));
  test('a split of which only the first part is used', () =>
    checkWith(
      () => fc.constantFrom(0, 1),
      (x, axis) => tf.clone(tf.split(x, x.shape[axis] ?? 1, axis)[0]),
      shapes({ minLength: 2 }).filter((shape) => !shape.includes(0)),
    ));
  test('stack and unstack', () =>
    checkWith(
      axisOf,
      (x, axis) => [tf.stack([x, x, tf.zerosLike(x)], axis), ...tf.unstack(x, axis)],
      shapes({ minLength: 1, maxLength: 3 }).filter((shape) => !shape.includes(0)),
    ));
  test('concat', () =>
    check(
      fc
        .tuple(
          shapes({ minLength: 1 }),
          dtypes,
          fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
        )
        .chain(([shape, dtype, sizes]) =>
          fc.tuple(...sizes.map((size) => contentOf([size, ...shape], dtype))),
        ),
      (...parts) => tf.concat(parts, 0),
    ));
  test('concat along the last axis', () =>
    check(
      fc
        .tuple(
          shapes({ maxLength: 3 }),
          fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 4 }),
        )
        .chain(([shape, sizes]) => fc.tuple(...sizes.map((size) => contentOf([...shape, size])))),
      (...parts) => tf.concat(parts, -1),
    ));
  test('diag, oneHot and eye', () =>
    check(
      fc
        .integer({ min: 1, max: 4 })
        .chain((n) =>
          fc.tuple(contentOf([n]), contentOf([n], 'int32', fc.integer({ min: -1, max: 4 }))),
        ),
      (x, indices) => [
        tf.diag(x),
        tf.oneHot(indices, 4),
        tf.oneHot(indices, 3, 5, -1, 'int32'),
        tf.oneHot(indices, 3, 1, 0, 'bool'),
        tf.mul(x, tf.eye(x.size)),
      ],
    ));
  test('range, linspace, fill, zeros and ones', () =>
    checkWith(
      () =>
        fc.tuple(
          fc.integer({ min: -5, max: 5 }),
          fc.integer({ min: -5, max: 5 }),
          fc.constantFrom(1, 2, 0.5),
          fc.integer({ min: 1, max: 5 }),
        ),
      (x, [start, stop, step, count]) => [
        tf.range(start, stop, start > stop ? -step : step),
        tf.linspace(start, stop, count),
        tf.fill(x.shape, start, 'int32'),
        tf.fill(x.shape, step),
        tf.zeros(x.shape, 'bool'),
        tf.ones(x.shape, 'int32'),
      ],
    ));
});

function gatherable(rank: number) {
  return fc
    .tuple(
      shapes({ minLength: rank, maxLength: 4 }),
      dtypes,
      axisOf(Array(rank)),
      shapes({ maxLength: 2 }),
    )
    .filter(([shape, , axis]) => (shape.slice(0, rank).at(axis) ?? 0) > 0);
}

describe('indexing is as on the cpu backend', () => {
  test('gather', () =>
    fc.assert(
      fc.asyncProperty(
        gatherable(1)
          .chain(([shape, dtype, , picked]) =>
            fc
              .integer({ min: 0, max: shape.length - 1 })
              .chain((axis) =>
                fc.tuple(
                  fc.constant(axis),
                  contentOf(shape, dtype),
                  contentOf(
                    picked,
                    'int32',
                    fc.integer({ min: 0, max: Math.max(0, shape[axis] - 1) }),
                  ),
                ),
              ),
          )
          .filter(([axis, x]) => x.shape[axis] > 0),
        ([axis, x, indices]) =>
          expectSame((t, at) => tf.gather(t, at as Tensor1D, axis), [x, indices]),
      ),
      { numRuns: RUNS, seed: 1 },
    ));
  test('gather in batches', () =>
    fc.assert(
      fc.asyncProperty(
        fc
          .tuple(
            fc.integer({ min: 1, max: 3 }),
            fc.integer({ min: 1, max: 3 }),
            fc.integer({ min: 1, max: 3 }),
            fc.integer({ min: 1, max: 4 }),
            fc.constantFrom(1, 2),
          )
          .chain(([b, n, m, k, axis]) =>
            fc.tuple(
              fc.constant(axis),
              contentOf([b, n, m]),
              contentOf([b, k], 'int32', fc.integer({ min: 0, max: (axis === 1 ? n : m) - 1 })),
            ),
          ),
        ([axis, x, indices]) =>
          expectSame((t, at) => tf.gather(t, at as Tensor1D, axis, 1), [x, indices]),
      ),
      { numRuns: RUNS, seed: 1 },
    ));
  test('unsortedSegmentSum, where numbers out of range are dropped', () =>
    fc.assert(
      fc.asyncProperty(
        fc
          .tuple(
            fc.integer({ min: 0, max: 6 }),
            shapes({ maxLength: 2 }),
            fc.constant('float32' as const),
            fc.integer({ min: 1, max: 4 }),
          )
          .chain(([n, rest, dtype, segments]) =>
            fc.tuple(
              fc.constant(segments),
              contentOf([n, ...rest], dtype),
              contentOf([n], 'int32', fc.integer({ min: -1, max: segments })),
            ),
          ),
        ([segments, x, ids]) =>
          expectSame((t, at) => tf.unsortedSegmentSum(t, at as Tensor1D, segments), [x, ids]),
      ),
      { numRuns: RUNS, seed: 1 },
    ));
  const positions = fc
    .tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 1, max: 5 }),
    )
    .chain(([a, b, c, depth, count]) => {
      const table = [a, b, c];
      const position = fc.tuple(
        ...table.slice(0, depth).map((n) => fc.integer({ min: 0, max: n - 1 })),
      );
      return fc.tuple(
        contentOf(table),
        fc
          .array(position, { minLength: count, maxLength: count })
          .map((rows): Content => ({ shape: [count, depth], dtype: 'int32', values: rows.flat() })),
        contentOf([count, ...table.slice(depth)]),
      );
    });
  const distinct = positions.filter(([, { values, shape }]) => {
    const rows = Array.from(
      { length: shape[0] },
      (_, i) => `${values.slice(i * shape[1], (i + 1) * shape[1])}`,
    );
    return new Set(rows).size === rows.length;
  });
  const asOp = (op: (table: Tensor, at: Tensor, updates: Tensor) => Tensor): Op => op;
  test('gatherND', () =>
    check(
      positions,
      asOp((table, at) => tf.gatherND(table, at)),
      RUNS,
    ));
  test('scatterND', () =>
    check(
      positions,
      asOp((table, at, updates) => tf.scatterND(at, updates, table.shape)),
      RUNS,
    ));
  test('tensorScatterUpdate', () =>
    check(
      distinct,
      asOp((table, at, updates) => tf.tensorScatterUpdate(table, at, updates)),
      RUNS,
    ));
  test('sparseToDense', () =>
    check(
      distinct
        .filter(([, at]) => at.shape[1] === 1)
        .map(([table, at, updates]) => [
          { ...table, shape: [table.shape[0]], values: table.values.slice(0, table.shape[0]) },
          at,
          { ...updates, shape: [at.shape[0]], values: updates.values.slice(0, at.shape[0]) },
        ]),
      asOp((table, at, updates) =>
        tf.sparseToDense(at, updates as Tensor1D, [table.shape[0]], tf.scalar(0.5)),
      ),
      RUNS,
    ));
});
