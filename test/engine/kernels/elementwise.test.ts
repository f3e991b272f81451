import type { Tensor } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
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
/** Of integers and floats. */
const EXACT = ['abs', 'neg', 'sign', 'relu', 'square', 'clone', 'zerosLike', 'onesLike'] as const;
/** Of floats: of integers, tfjs's own backends give integers for some and floats for others. */
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

describe('elementwise, with broadcasting and empty tensors, is as on the cpu backend', () => {
  test.each(ARITHMETIC)('%s', (name) => check(operands(2, numeric), binary(name)));
  test.each(DIVISIONS)('%s', (name) =>
    check(
      operands(2, numeric).map(([a, b]) => [a, withoutZeros(b)]),
      binary(name),
    ),
  );
  test.each(COMPARISONS)('%s', (name) => check(operands(2), binary(name)));
  test.each(LOGICAL)('%s', (name) => check(operands(2, fc.constant('bool')), binary(name)));
  test.each(EXACT)('%s', (name) => check(operands(1, numeric), unary(name)));
  test.each(REAL)('%s', (name) => check(operands(1, floats), unary(name)));
  test('atan2', () => check(operands(2, floats), binary('atan2')));
  test('bitwiseAnd', () =>
    check(
      operands(1, fc.constant('int32')).map(([x]) => [x, { ...x, values: x.values.toReversed() }]),
      (a, b) => tf.bitwiseAnd(a, b),
    ));
  test('logicalNot', () => check(operands(1, fc.constant('bool')), unary('logicalNot')));
  test('prelu', () => check(operands(2, floats), (x, alpha) => tf.prelu(x, alpha)));
  test('leakyRelu, step and elu with their own slopes', () =>
    check(operands(1, floats), (x) => [
      tf.leakyRelu(x, 0.7),
      tf.step(x, -0.5),
      tf.leakyRelu(x, 3),
    ]));
  test('clipByValue', () =>
    check(operands(1, numeric), (x) => [tf.clipByValue(x, -1, 2), tf.clipByValue(x, 0, 0)]));
  test('addN', () =>
    check(
      fc
        .tuple(shapes(), fc.integer({ min: 1, max: 4 }))
        .chain(([shape, count]) =>
          fc.array(contentOf(shape), { minLength: count, maxLength: count }),
        ),
      (...xs) => tf.addN(xs),
    ));
  test('where', () =>
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
  test('cast between any types', () =>
    check(
      fc
        .tuple(operands(1), dtypes)
        .map(([[x], dtype]) => [x, { ...x, dtype, values: x.values.map(() => 1) }]),
      (x, like) => tf.cast(x, like.dtype),
    ));
});

describe('elementwise of NaN, infinities, zeros and huge numbers is as on the cpu backend', () => {
  const special = (count: number, keep: (x: number) => boolean = () => true) =>
    shapes({ maxLength: 2 }).chain((shape) =>
      fc.tuple(
        ...Array.from({ length: count }, () =>
          contentOf(shape, 'float32', withSpecials.filter(keep)),
        ),
      ),
    );
  const isDefined = (x: number) => Math.abs(x) < 1e5 && !Object.is(x, -0);
  test.each([...ARITHMETIC, ...COMPARISONS, 'div', 'divNoNan', 'mod'] as const)('%s', (name) =>
    check(special(2), binary(name)),
  );
  test('atan2, signs of zeros apart', () =>
    check(
      special(2, (x) => !Object.is(x, -0)),
      binary('atan2'),
    ));
  test('floorDiv where the quotient is a number', () =>
    check(
      special(2, isDefined).map(([a, b]) => [a, withoutZeros(b)]),
      binary('floorDiv'),
    ));
  test.each([
    ...EXACT.filter((name) => name !== 'sign'),
    ...REAL.filter((name) => name !== 'step'),
  ])('%s', (name) => check(special(1), unary(name)));
  test('sign and step, NaN apart', () =>
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

test('an integer divided by zero fails, naming op and line', async () => {
  const [a, b] = [3, 0].map((n): Content => ({ shape: [2], dtype: 'int32', values: [n, n] }));
  const error = await runOn('onnxruntime', (x, y) => tf.mod(x, y), [a, b]);
  expect(String(error)).toMatch(/modulo by zero.*Mod for tf\.mod.*elementwise\.test\.ts:\d+/s);
});
