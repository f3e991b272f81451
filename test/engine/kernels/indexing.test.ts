import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { describe, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { fc } from '../../properties.ts';
import {
  axisOf,
  type Content,
  check,
  contentOf,
  dtypes,
  expectSame,
  type Op,
  shapes,
} from './parity.ts';

const RUNS = 25;

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

describe('indexing:', () => {
  test('gather matches the cpu backend', () =>
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
  test('gather in batches matches the cpu backend', () =>
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
  test('unsortedSegmentSum matches the cpu backend, and drops rows whose segment is out of range', () =>
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
  test('gatherND matches the cpu backend', () =>
    check(
      positions,
      asOp((table, at) => tf.gatherND(table, at)),
      RUNS,
    ));
  test('scatterND matches the cpu backend', () =>
    check(
      positions,
      asOp((table, at, updates) => tf.scatterND(at, updates, table.shape)),
      RUNS,
    ));
  test('tensorScatterUpdate matches the cpu backend', () =>
    check(
      distinct,
      asOp((table, at, updates) => tf.tensorScatterUpdate(table, at, updates)),
      RUNS,
    ));
  test('sparseToDense matches the cpu backend', () =>
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
