import { describe, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { fc } from '../../properties.ts';
import { axisOf, checkWith, each, shapes } from './parity.ts';

describe('on every element type and on empty tensors,', () => {
  test('reshape matches the cpu backend', () =>
    checkWith(
      (shape) => fc.shuffledSubarray([...shape], { minLength: shape.length }),
      (x, shape) => tf.reshape(x, shape),
    ));
  test('expandDims and squeeze match the cpu backend', () =>
    checkWith(axisOf, (x, axis) => [tf.expandDims(x, axis), tf.squeeze(x)]));
  test('transpose matches the cpu backend', () =>
    checkWith(
      (shape) => fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      (x, perm) => tf.transpose(x, perm),
    ));
  test('broadcastTo matches the cpu backend', () =>
    checkWith(
      (shape) =>
        each(shape, (size) => (size === 1 ? fc.integer({ min: 1, max: 3 }) : fc.constant(size))),
      (x, shape) => [tf.broadcastTo(x, shape), tf.broadcastTo(x, [2, ...shape])],
      // The cpu backend cannot tile empty tensors.
      shapes({ minLength: 1, maxLength: 3 }).filter((shape) => !shape.includes(0)),
    ));
  test('slice matches the cpu backend', () =>
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
  test('stridedSlice matches the cpu backend', () =>
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
  test('reverse matches the cpu backend', () =>
    checkWith(
      (shape) => fc.subarray([...shape.keys()], { minLength: 1 }),
      (x, axes) => tf.reverse(x, axes),
    ));
  test('pad matches the cpu backend', () =>
    checkWith(
      (shape) =>
        each(shape, () => fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }))),
      (x, paddings) => [tf.pad(x, paddings), tf.pad(x, paddings, 1)],
    ));
  test('mirrorPad matches the cpu backend', () =>
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
  test('tile matches the cpu backend', () =>
    checkWith(
      (shape) => each(shape, () => fc.integer({ min: 1, max: 3 })),
      (x, reps) => tf.tile(x, reps),
    ));
});
