import { describe, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { fc } from '../../properties.ts';
import { axisOf, check, checkWith, contentOf, dtypes, shapes } from './parity.ts';

describe('on every element type and on empty tensors,', () => {
  test('split matches the cpu backend', () =>
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
  test('split into equal parts matches the cpu backend', () =>
    checkWith(axisOf, (x, axis) => tf.split(x, Math.max(1, x.shape.at(axis) ?? 1), axis)));
  test('a split of which only the first part is used matches the cpu backend', () =>
    checkWith(
      () => fc.constantFrom(0, 1),
      (x, axis) => tf.clone(tf.split(x, x.shape[axis] ?? 1, axis)[0]),
      shapes({ minLength: 2 }).filter((shape) => !shape.includes(0)),
    ));
  test('stack and unstack match the cpu backend', () =>
    checkWith(
      axisOf,
      (x, axis) => [tf.stack([x, x, tf.zerosLike(x)], axis), ...tf.unstack(x, axis)],
      shapes({ minLength: 1, maxLength: 3 }).filter((shape) => !shape.includes(0)),
    ));
  test('concat matches the cpu backend', () =>
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
  test('concat along the last axis matches the cpu backend', () =>
    check(
      fc
        .tuple(
          shapes({ maxLength: 3 }),
          fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 4 }),
        )
        .chain(([shape, sizes]) => fc.tuple(...sizes.map((size) => contentOf([...shape, size])))),
      (...parts) => tf.concat(parts, -1),
    ));
});
