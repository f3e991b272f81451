import { beforeAll, expect, test } from 'vitest';
import { halfBits } from '../../../src/engine/graph/half.ts';
import { compile, tf } from '../../../src/engine/index.ts';
import { toHalf } from '../../../src/studies/precision/half.ts';

/** Bits of a float32 and of its float16 by numpy 2.4.6. */
const GOLDEN: readonly (readonly [number, number])[] = [
  [0x00000000, 0x0000], // 0.0
  [0x3f800000, 0x3c00], // 1.0
  [0xbf800000, 0xbc00], // -1.0
  [0x3f801000, 0x3c00], // 1.0004883
  [0x3f803000, 0x3c02], // 1.0014648
  [0x3f801001, 0x3c01], // 1.0004884
  [0x3ffff800, 0x4000], // 1.9997559
  [0x38800000, 0x0400], // 6.1035156e-05
  [0x387fe000, 0x0400], // 6.1005354e-05
  [0x387ff000, 0x0400], // 6.1020255e-05
  [0x33800000, 0x0001], // 5.9604645e-08
  [0x33000000, 0x0000], // 2.9802322e-08
  [0x33000001, 0x0001], // 2.9802326e-08
  [0x33c00000, 0x0002], // 8.940697e-08
  [0x34200000, 0x0002], // 1.4901161e-07
  [0x34600000, 0x0004], // 2.0861626e-07
  [0x32800000, 0x0000], // 1.4901161e-08
  [0x322bcc77, 0x0000], // 1e-08
  [0x3380d959, 0x0001], // 6e-08
  [0x00000001, 0x0000], // 1e-45
  [0x37fba882, 0x01f7], // 3e-05
  [0xb87fda40, 0x83ff], // -6.1e-05
  [0x3dcccccd, 0x2e66], // 0.1
  [0xbe99999a, 0xb4cd], // -0.3
  [0x3eaaaaab, 0x3555], // 0.33333334
  [0x40490fdb, 0x4248], // 3.1415927
  [0x447fd000, 0x63fe], // 1023.25
  [0x44fff000, 0x6800], // 2047.5
  [0x45000800, 0x6800], // 2048.5
  [0x45001000, 0x6800], // 2049.0
  [0x45001800, 0x6801], // 2049.5
  [0x45003000, 0x6802], // 2051.0
  [0x477fdf00, 0x7bff], // 65503.0
  [0x477fe000, 0x7bff], // 65504.0
  [0x477fefff, 0x7bff], // 65519.996
  [0x477ff000, 0x7c00], // 65520.0
  [0xc77ff000, 0xfc00], // -65520.0
  [0x4788b800, 0x7c00], // 70000.0
  [0x501502f9, 0x7c00], // 1e+10
  [0xff61b1e6, 0xfc00], // -3e+38
  [0x7f800000, 0x7c00], // inf
  [0xff800000, 0xfc00], // -inf
];

const floats = (words: readonly number[]) => new Float32Array(Uint32Array.from(words).buffer);

async function compiled(x: Float32Array): Promise<Float32Array> {
  const program = await compile({
    inputs: { x: { shape: [x.length], dtype: 'float32' } },
    state: {},
    step: (inputs) => ({ outputs: { half: toHalf(inputs.x) } }),
  });
  const { half } = await program.run({ x });
  const values = Float32Array.from(half);
  await program.dispose();
  return values;
}

async function eager(x: Float32Array): Promise<Float32Array> {
  const tensor = tf.tidy(() => toHalf(tf.tensor1d(x)));
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return values;
}

beforeAll(() => tf.setBackend('cpu'));

test.each([
  ['compiled', compiled],
  ['eager', eager],
])('%s, numbers are rounded as numpy does', async (_, round) => {
  const got = await round(floats(GOLDEN.map(([word]) => word)));
  expect([...halfBits(got, 'float16')]).toEqual(GOLDEN.map(([, half]) => half));
  // What was rounded is a float16 already: rounding it again would hide a number that is not.
  expect([...got]).toEqual([...valuesOf(GOLDEN.map(([, half]) => half))]);
});

test('each float16, the middle to the next one and its neighbours are rounded to the nearest', async () => {
  const positive = valuesOf(Array.from({ length: 0x7c00 }, (_, bits) => bits));
  const words = new Uint32Array(positive.buffer);
  const cases = [...words].flatMap((word, i) => {
    const next = words[i + 1] ?? 0x47800000;
    const middle = new Uint32Array(
      Float32Array.of((positive[i] + floats([next])[0]) / 2).buffer,
    )[0];
    return [word, middle - 1, middle, middle + 1];
  });
  const given = floats(cases);
  for (const sign of [1, -1]) {
    const x = given.map((value) => sign * value);
    const got = await compiled(x);
    const want = valuesOf([...halfBits(x, 'float16')]);
    expect(got.findIndex((value, i) => value !== want[i] && value + want[i] !== 0)).toBe(-1);
  }
});

test('what is not a number stays so', async () => {
  expect([...(await compiled(Float32Array.of(Number.NaN)))]).toEqual([Number.NaN]);
});

/** The numbers of float16's bits, zeros without sign. */
function valuesOf(bits: readonly number[]): Float32Array {
  return Float32Array.from(bits, (word) => {
    const exponent = (word >>> 10) & 0x1f;
    const digits = word & 0x3ff;
    const size =
      exponent === 0
        ? digits * 2 ** -24
        : exponent === 31
          ? Number.POSITIVE_INFINITY
          : (1024 + digits) * 2 ** (exponent - 25);
    return (word & 0x8000 ? -size : size) + 0;
  });
}
