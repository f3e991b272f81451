/** Sixteen-bit numbers: IEEE's float16, and bfloat16, which is the upper half of a float32. */
export type HalfType = 'float16' | 'bfloat16';

/** The bits of numbers, each rounded to the nearest sixteen-bit number, of two the even one. */
export function halfBits(values: ArrayLike<number>, type: HalfType): Uint16Array {
  const floats = Float32Array.from(values);
  const words = new Uint32Array(floats.buffer);
  const convert = type === 'float16' ? float16Of : bfloat16Of;
  return Uint16Array.from(words, convert);
}

function bfloat16Of(word: number): number {
  const isNan = (word & 0x7fffffff) > 0x7f800000;
  return isNan ? (word >>> 16) | 0x40 : shiftRounded(word, 16) & 0xffff;
}

function float16Of(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // From 65520 on the nearest is infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  const exponent = (magnitude >>> 23) - 127;
  if (exponent >= -14) return sign | shiftRounded(magnitude - ((127 - 15) << 23), 13);
  if (exponent < -25) return sign;
  // A denormal number: a multiple of 2^-24.
  const digits = (magnitude & 0x7fffff) | 0x800000;
  return sign | shiftRounded(digits, -1 - exponent);
}

/** The number without its last bits, rounded to the nearest, of two the even one. */
function shiftRounded(number: number, bits: number): number {
  const whole = number >>> bits;
  const rest = number - whole * 2 ** bits;
  const half = 2 ** (bits - 1);
  return rest > half || (rest === half && whole % 2 === 1) ? whole + 1 : whole;
}
