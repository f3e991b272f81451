import type { Tensor } from '@tensorflow/tfjs';
import { type DType, tf } from '../../../src/engine/index.ts';
import { BACKEND_NAME, recordingBackend } from '../../../src/engine/recording/register.ts';
import { fc } from '../../properties.ts';

/** A tensor's content, independent of a backend. */
export interface Content {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly values: readonly number[];
}

export type Op = (...tensors: Tensor[]) => Tensor | Tensor[];

recordingBackend();

/** Results of an op on a backend, or the error that it throws. */
export async function runOn(
  backend: typeof BACKEND_NAME | 'cpu',
  op: Op,
  operands: readonly Content[],
): Promise<Content[] | Error> {
  await tf.setBackend(backend);
  try {
    const results = tf.tidy(() => {
      const tensors = operands.map(({ values, shape, dtype }) =>
        tf.tensor([...values], [...shape], dtype),
      );
      return [op(...tensors)].flat();
    });
    const contents = results.map((tensor) => ({
      shape: tensor.shape,
      dtype: tensor.dtype as DType,
      values: Array.from(tensor.dataSync()),
    }));
    tf.dispose(results);
    return contents;
  } catch (error) {
    return error as Error;
  }
}

function show({ dtype, shape, values }: Content): string {
  return `${dtype}[${shape}] ${JSON.stringify(values.map((x) => (Number.isFinite(x) ? x : String(x))))}`;
}

function isClose(got: number, want: number, tolerance: number): boolean {
  return (
    got === want || Object.is(got, want) || Math.abs(got - want) <= tolerance * (1 + Math.abs(want))
  );
}

/** @throws unless the op has the same results on the engine as on tfjs's cpu backend */
export async function expectSame(
  op: Op,
  operands: readonly Content[],
  tolerance = 1e-5,
): Promise<void> {
  const want = await runOn('cpu', op, operands);
  const got = await runOn(BACKEND_NAME, op, operands);
  const inputs = operands.map(show).join('; ');
  if (want instanceof Error) throw new Error(`of ${inputs}: cpu: ${want.message}`);
  if (got instanceof Error) {
    throw new Error(`of ${inputs}: ${got.message}, but cpu: ${want.map(show).join('; ')}`);
  }
  for (const [i, { shape, dtype, values }] of want.entries()) {
    const own = got[i];
    const isSame =
      `${own.shape}` === `${shape}` &&
      own.dtype === dtype &&
      own.values.length === values.length &&
      values.every((x, at) => isClose(own.values[at], x, tolerance));
    if (!isSame) throw new Error(`of ${inputs}: ${show(own)}, but cpu: ${show(want[i])}`);
  }
}

/** Sizes of zero and one are as likely as others: they are the special cases. */
const size = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.constant(1) },
  { weight: 6, arbitrary: fc.integer({ min: 2, max: 4 }) },
);

export function shapes(ranks: { readonly minLength?: number; readonly maxLength?: number } = {}) {
  return fc.array(size, { minLength: 0, maxLength: 4, ...ranks });
}

/** A shape that broadcasts to another. */
function broadcastable(shape: readonly number[]): fc.Arbitrary<number[]> {
  return fc
    .tuple(
      fc.integer({ min: 0, max: shape.length }),
      fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
    )
    .map(([dropped, ones]) => shape.map((n, axis) => (ones[axis] ? 1 : n)).slice(dropped));
}

/** `count` shapes that broadcast together. */
export function broadcastShapes(count: number): fc.Arbitrary<number[][]> {
  return shapes().chain((shape) =>
    fc.tuple(...Array.from({ length: count }, () => broadcastable(shape))),
  );
}

const half = fc.integer({ min: -6, max: 6 }).map((n) => n / 2);
/** Ties, halves and zero are the special cases of floats. */
const real = fc.oneof(
  half,
  fc.double({ min: -3, max: 3, noNaN: true }).map((x) => Math.fround(x) + 0),
);
const special = fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 0, 1e38, -1e38, 1e-30);
const NUMBERS = {
  float32: real,
  int32: fc.integer({ min: -9, max: 9 }),
  bool: fc.integer({ min: 0, max: 1 }),
} as const;

/** Contents of a shape. */
export function contentOf(
  shape: readonly number[],
  dtype: DType = 'float32',
  numbers: fc.Arbitrary<number> = NUMBERS[dtype],
): fc.Arbitrary<Content> {
  const length = shape.reduce((a, b) => a * b, 1);
  return fc
    .array(numbers, { minLength: length, maxLength: length })
    .map((values) => ({ shape, dtype, values }));
}

export const withSpecials = fc.oneof(real, special);

export const dtypes: fc.Arbitrary<DType> = fc.constantFrom('float32', 'int32', 'bool');

/** Operands of any element type that broadcast together. */
export function operands(
  count: number,
  types: fc.Arbitrary<DType> = dtypes,
): fc.Arbitrary<Content[]> {
  return broadcastShapes(count).chain((all) =>
    fc.tuple(...all.map((shape) => types.chain((dtype) => contentOf(shape, dtype)))),
  );
}

/** Asserts `expectSame` for arbitrary operands. */
export function check(
  inputs: fc.Arbitrary<readonly Content[]>,
  op: Op,
  numRuns = 20,
): Promise<void> {
  return fc.assert(
    fc.asyncProperty(inputs, (operands) => expectSame(op, operands)),
    { numRuns, seed: 1 },
  );
}

/** A tensor of any type, and parameters of an op that depend on its shape. */
export function checkWith<P>(
  parameters: (shape: readonly number[]) => fc.Arbitrary<P>,
  op: (x: Tensor, parameters: P) => Tensor | Tensor[],
  shape: fc.Arbitrary<number[]> = shapes({ minLength: 1 }),
) {
  return fc.assert(
    fc.asyncProperty(
      fc
        .tuple(shape, dtypes)
        .chain(([size, dtype]) => fc.tuple(contentOf(size, dtype), parameters(size))),
      ([x, values]) => expectSame((tensor) => op(tensor, values), [x]),
    ),
    { numRuns: 25, seed: 1 },
  );
}

export function each<T>(
  shape: readonly number[],
  arbitrary: (size: number, axis: number) => fc.Arbitrary<T>,
) {
  return fc.tuple(...shape.map(arbitrary));
}

export function axisOf(shape: readonly number[]) {
  return fc.integer({ min: -shape.length, max: shape.length - 1 });
}
