import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { fc } from '../../properties.ts';
import {
  type Content,
  check,
  contentOf,
  dtypes,
  type Op,
  operands,
  runOn,
  shapes,
  withSpecials,
} from './parity.ts';

const ARITHMETIC = ['add', 'sub', 'mul', 'maximum', 'minimum', 'squaredDifference', 'pow'] as const;
/** Not defined where an integer is divided by zero. */
const DIVISIONS = ['div', 'divNoNan', 'floorDiv', 'mod'] as const;
const COMPARISONS = [
  ...(['equal', 'notEqual', 'greater', 'greaterEqual', 'less', 'lessEqual'] as const),
] as const;
const LOGICAL = ['logicalAnd', 'logicalOr', 'logicalXor'] as const;
/** Ops of integers and floats. */
const EXACT = ['abs', 'neg', 'sign', 'relu', 'square', 'clone', 'zerosLike', 'onesLike'] as const;
/** Ops of floats: for integers, tfjs's own backends return integers for some and floats for others. */
const REAL = [
  ...(['relu6', 'sqrt', 'rsqrt', 'reciprocal', 'exp', 'expm1', 'log', 'log1p'] as const),
  ...(['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh'] as const),
  ...(['asinh', 'acosh', 'atanh', 'sigmoid', 'logSigmoid', 'softplus', 'erf', 'elu'] as const),
  ...(['selu', 'leakyRelu', 'step', 'ceil', 'floor', 'round'] as const),
  ...(['isNaN', 'isInf', 'isFinite'] as const),
] as const;

const numeric: fc.Arbitrary<'float32' | 'int32'> = fc.constantFrom('float32', 'int32');
const floats = fc.constant('float32' as const);
function binary(name: keyof typeof tf) {
  return (a: Tensor, b: Tensor) => (tf[name] as Op)(a, b);
}
function unary(name: keyof typeof tf) {
  return (x: Tensor) => (tf[name] as Op)(x);
}
/** Zeros and what is next to them become ones: quotients beyond 32 bits are not defined. */
function withoutZeros(x: Content): Content {
  return {
    ...x,
    values: x.values.map((n) => (Math.abs(n) < 1e-3 ? 1 : n)),
  };
}

describe('with broadcasting and empty tensors,', () => {
  test.each(ARITHMETIC)('%s matches the cpu backend', (name) =>
    check(operands(2, numeric), binary(name)),
  );
  test.each(DIVISIONS)('%s matches the cpu backend', (name) =>
    check(
      operands(2, numeric).map(([a, b]) => [a, withoutZeros(b)]),
      binary(name),
    ),
  );
  test.each(COMPARISONS)('%s matches the cpu backend', (name) => check(operands(2), binary(name)));
  test.each(LOGICAL)('%s matches the cpu backend', (name) =>
    check(operands(2, fc.constant('bool')), binary(name)),
  );
  test.each(EXACT)('%s matches the cpu backend', (name) =>
    check(operands(1, numeric), unary(name)),
  );
  test.each(REAL)('%s matches the cpu backend', (name) => check(operands(1, floats), unary(name)));
  test('atan2 matches the cpu backend', () => check(operands(2, floats), binary('atan2')));
  test('bitwiseAnd matches the cpu backend', () =>
    check(
      operands(1, fc.constant('int32')).map(([x]) => [x, { ...x, values: x.values.toReversed() }]),
      (a, b) => tf.bitwiseAnd(a, b),
    ));
  test('logicalNot matches the cpu backend', () =>
    check(operands(1, fc.constant('bool')), unary('logicalNot')));
  test('prelu matches the cpu backend', () =>
    check(operands(2, floats), (x, alpha) => tf.prelu(x, alpha)));
  test('leakyRelu, step and elu with their own slopes match the cpu backend', () =>
    check(operands(1, floats), (x) => [
      tf.leakyRelu(x, 0.7),
      tf.step(x, -0.5),
      tf.leakyRelu(x, 3),
    ]));
  test('clipByValue matches the cpu backend', () =>
    check(operands(1, numeric), (x) => [tf.clipByValue(x, -1, 2), tf.clipByValue(x, 0, 0)]));
  test('addN matches the cpu backend', () =>
    check(
      fc
        .tuple(shapes(), fc.integer({ min: 1, max: 4 }))
        .chain(([shape, count]) =>
          fc.array(contentOf(shape), { minLength: count, maxLength: count }),
        ),
      (...xs) => tf.addN(xs),
    ));
  test('where matches the cpu backend', () =>
    check(
      // The cpu backend gives a wrong shape where it broadcasts to an empty one.
      operands(3, numeric)
        .filter((all) => all.every(({ values }) => values.length > 0))
        .map(([c, a, b]) => [
          { ...c, dtype: 'bool' as const, values: c.values.map((x) => +(x > 0)) },
          a,
          { ...b, dtype: a.dtype, values: b.values.map(Math.round) },
        ]),
      (c, a, b) => tf.where(c, a, b),
    ));
  test('cast between any types matches the cpu backend', () =>
    check(
      fc
        .tuple(operands(1), dtypes)
        .map(([[x], dtype]) => [x, { ...x, dtype, values: x.values.map(() => 1) }]),
      (x, like) => tf.cast(x, like.dtype),
    ));
});

describe('for NaN, infinities, zeros and huge numbers,', () => {
  const special = (count: number, keep: (x: number) => boolean = () => true) =>
    shapes({ maxLength: 2 }).chain((shape) =>
      fc.tuple(
        ...Array.from({ length: count }, () =>
          contentOf(shape, 'float32', withSpecials.filter(keep)),
        ),
      ),
    );
  const isDefined = (x: number) => Math.abs(x) < 1e5 && !Object.is(x, -0);
  test.each([...ARITHMETIC, ...COMPARISONS, 'div', 'divNoNan', 'mod'] as const)(
    '%s matches the cpu backend',
    (name) => check(special(2), binary(name)),
  );
  test('atan2 matches the cpu backend, except for signs of zeros', () =>
    check(
      special(2, (x) => !Object.is(x, -0)),
      binary('atan2'),
    ));
  test('floorDiv matches the cpu backend where the quotient is a number', () =>
    check(
      special(2, isDefined).map(([a, b]) => [a, withoutZeros(b)]),
      binary('floorDiv'),
    ));
  test.each([
    ...EXACT.filter((name) => name !== 'sign'),
    ...REAL.filter((name) => name !== 'step'),
  ])('%s matches the cpu backend', (name) => check(special(1), unary(name)));
  test('sign and step match the cpu backend, except for NaN', () =>
    check(
      special(1, (x) => !Number.isNaN(x)),
      (x) => [tf.sign(x), tf.step(x), tf.step(x, 0.5)],
    ));
});

test('expm1 and log1p keep their digits near zero', async () => {
  const values = [1e-7, -1e-7, 3e-5, -2e-3, 1e-20, 0.01];
  const tiny: Content = { shape: [6], dtype: 'float32', values };
  const made = await runOn('onnxruntime', (x) => [tf.expm1(x), tf.log1p(x)], [tiny]);
  if (made instanceof Error) throw made;
  const [grown, logs] = made;
  for (const [i, x] of values.map(Math.fround).entries()) {
    expect(Math.abs(grown.values[i] / Math.expm1(x) - 1)).toBeLessThan(1e-6);
    expect(Math.abs(logs.values[i] / Math.log1p(x) - 1)).toBeLessThan(1e-6);
  }
});

test.each(['div', 'floorDiv', 'mod'] as const)(
  'an integer divided by zero, %s, fails at the call, naming op and line',
  async (name) => {
    const [a, b] = [3, 0].map((n): Content => ({ shape: [2], dtype: 'int32', values: [n, n] }));
    const error = await runOn('onnxruntime', (x, y) => tf[name](x, y), [a, b]);
    const op = name === 'mod' ? 'mod' : 'floorDiv';
    const pattern = `tf\\.${op}: .*integer division by zero\\n.*elementwise\\.test\\.ts:\\d+`;
    expect(String(error)).toMatch(new RegExp(pattern, 's'));
  },
);

test('an integer divided by a computed zero fails when it is read, naming op and line', async () => {
  const [a, b] = [
    [3, 4],
    [0, 1],
  ].map((values): Content => ({ shape: [2], dtype: 'int32', values }));
  const error = await runOn('onnxruntime', (x, y) => tf.mod(x, tf.mul(y, x)), [a, b]);
  expect(String(error)).toMatch(/modulo by zero.*Mod for tf\.mod.*elementwise\.test\.ts:\d+/s);
});

test('batch normalisation matches the cpu backend', () =>
  check(
    fc
      .tuple(shapes({ minLength: 3, maxLength: 3 }), fc.integer({ min: 1, max: 4 }))
      .chain(([shape, n]) =>
        fc.tuple(
          contentOf([...shape, n]),
          contentOf([n]),
          contentOf([n], 'float32', fc.double({ min: 0.1, max: 2, noNaN: true }).map(Math.fround)),
          contentOf([n]),
          contentOf([n]),
        ),
      ),
    (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        x,
        mean as Tensor1D,
        variance as Tensor1D,
        offset as Tensor1D,
        scale as Tensor1D,
      ),
  ));
