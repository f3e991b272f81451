import type { Stream } from '../../random/stream.ts';
import type { Vector } from './tensor-product.ts';

// Holographic reduced representations (Plate 1995): binding is circular convolution, which the Fourier
// transform turns into a product, number by number. n is a power of two.

/** Real and imaginary parts. // [n] each */
interface Spectrum {
  readonly re: Vector;
  readonly im: Vector;
}

/** cos and sin of 2πk/n for k < n/2, by n. */
const turns = new Map<number, Spectrum>();

function turnsOf(n: number): Spectrum {
  const known = turns.get(n);
  if (known !== undefined) return known;
  const angle = (k: number) => (2 * Math.PI * k) / n;
  const re = Float64Array.from({ length: n / 2 }, (_, k) => Math.cos(angle(k)));
  const im = Float64Array.from({ length: n / 2 }, (_, k) => Math.sin(angle(k)));
  turns.set(n, { re, im });
  return { re, im };
}

/**
 * The discrete Fourier transform (Cooley and Tukey 1965): numbers in bit-reversed order, then halves joined
 * to wholes of twice the length. The inverse, `sign` -1, is n times too large.
 *
 * @throws RangeError if n is not a power of two
 */
function transform(input: Spectrum, sign: 1 | -1): Spectrum {
  const n = input.re.length;
  const bits = Math.log2(n);
  if (!Number.isInteger(bits)) throw new RangeError(`${n} numbers: a power of two is wanted`);
  const [re, im] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0, reversed = 0; i < n; i++) {
    re[reversed] = input.re[i];
    im[reversed] = input.im[i];
    let bit = n >> 1;
    for (; reversed & bit; bit >>= 1) reversed ^= bit;
    reversed ^= bit;
  }
  const turn = turnsOf(n);
  for (let half = 1; half < n; half *= 2) {
    for (let from = 0; from < n; from += 2 * half) {
      for (let k = 0; k < half; k++) {
        const at = (k * n) / (2 * half);
        const [c, s] = [turn.re[at], -sign * turn.im[at]];
        const [low, high] = [from + k, from + k + half];
        const x = re[high] * c - im[high] * s;
        const y = re[high] * s + im[high] * c;
        re[high] = re[low] - x;
        im[high] = im[low] - y;
        re[low] += x;
        im[low] += y;
      }
    }
  }
  return { re, im };
}

const spectrumOf = (vector: Vector): Spectrum =>
  transform({ re: vector, im: new Float64Array(vector.length) }, 1);

function vectorOf(spectrum: Spectrum): Vector {
  const { re } = transform(spectrum, -1);
  return re.map((x) => x / re.length);
}

/** a ⊛ b: c_k = Σ a_i b_(k - i mod n). */
export function convolve(a: Vector, b: Vector): Vector {
  const [A, B] = [spectrumOf(a), spectrumOf(b)];
  return vectorOf({
    re: A.re.map((x, k) => x * B.re[k] - A.im[k] * B.im[k]),
    im: A.re.map((x, k) => x * B.im[k] + A.im[k] * B.re[k]),
  });
}

/** a*: a_(-i mod n), whose convolution with a is nearly the identity. It unbinds what a bound. */
export function involution(a: Vector): Vector {
  return a.map((_, i) => a[(a.length - i) % a.length]);
}

/** n normal numbers of variance 1/n: about of length 1. */
export function holographic(n: number, random: Stream): Vector {
  return Float64Array.from({ length: n }, () => random.normal() / Math.sqrt(n));
}

/** All frequencies at strength 1: for such a vector the involution is the exact inverse. */
export function unitary(vector: Vector): Vector {
  const { re, im } = spectrumOf(vector);
  const strength = re.map((x, k) => Math.hypot(x, im[k]) || 1);
  return vectorOf({ re: re.map((x, k) => x / strength[k]), im: im.map((y, k) => y / strength[k]) });
}
