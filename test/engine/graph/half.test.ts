import { describe, expect, test } from 'vitest';
import { type HalfType, halfBits } from '../../../src/engine/graph/half.ts';

/** The number that the bits of an IEEE float16 are. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const digits = bits & 1023;
  if (exponent === 31) return digits === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0
    ? sign * digits * 2 ** -24
    : sign * (1 + digits / 1024) * 2 ** (exponent - 15);
}

function bfloat16(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0];
}

const DECODE: Readonly<Record<HalfType, (bits: number) => number>> = { float16, bfloat16 };

describe.each(['float16', 'bfloat16'] as const)('%s', (type) => {
  const all = Array.from({ length: 2 ** 16 }, (_, bits) => bits);
  const numbers = all.map(DECODE[type]);

  test('numbers stay as they are, and NaN stays NaN', () => {
    const bits = halfBits(numbers, type);
    for (const [i, number] of numbers.entries()) {
      if (Number.isNaN(number)) expect(DECODE[type](bits[i])).toBeNaN();
      else if (bits[i] !== i) expect([i, bits[i]]).toEqual([i, i]);
    }
  });

  test('numbers between two are rounded to the nearest, and the middle to the even one', () => {
    const positive = all.filter((i) => i < 2 ** 15 - 1 && Number.isFinite(numbers[i + 1]));
    const middles = positive.map((i) => (numbers[i] + numbers[i + 1]) / 2);
    const near = (by: number) =>
      halfBits(
        middles.map((x, i) => x + by * (x - numbers[positive[i]])),
        type,
      );
    const [below, at, above] = [near(-0.1), halfBits(middles, type), near(0.1)];
    for (const i of positive) {
      if (below[i] !== i || above[i] !== i + 1 || at[i] !== i + (i % 2)) {
        expect([i, below[i], at[i], above[i]]).toEqual([i, i, i + (i % 2), i + 1]);
      }
    }
  });
});

test('float16 overflows to infinity where IEEE says', () => {
  expect([...halfBits([65504, 65519.99, 65520, -70000, 1e30], 'float16')].map(float16)).toEqual([
    65504,
    65504,
    Infinity,
    -Infinity,
    -Infinity * -1,
  ]);
});
