import { test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { fc } from '../../properties.ts';
import { check, checkWith, contentOf } from './parity.ts';

test('diag, oneHot and eye match the cpu backend', () =>
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
test('range, linspace, fill, zeros and ones match the cpu backend', () =>
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
