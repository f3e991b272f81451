/** Bits of a float32's digits. */
const DIGITS = 23;
const BIAS = 127;
/** Below it float16's numbers are multiples of 2^-24. */
const LEAST_NORMAL = -14;

/** The powers of two that are next below each number's size; of zeros and subnormal numbers -127. */
function exponentsOf(values: Float32Array): Int32Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Int32Array.from(words, (word) => ((word >>> DIGITS) & 0xff) - BIAS);
}

/** How many numbers have each power of two, zeros and subnormal numbers left out. */
export class Exponents {
  readonly #counts = new Map<number, number>();

  add(values: Float32Array): this {
    for (const exponent of exponentsOf(values)) if (exponent > -BIAS) this.#count(exponent);
    return this;
  }

  /** Of updates, η g, less those of their weights. */
  addUpdates(gradients: Float32Array, weights: Float32Array, learningRate: number): this {
    const own = exponentsOf(gradients.map((gradient) => learningRate * gradient));
    const bases = exponentsOf(weights);
    own.forEach((exponent, i) => {
      if (exponent > -BIAS) this.#count(exponent - Math.max(bases[i], LEAST_NORMAL));
    });
    return this;
  }

  /** Ascending. */
  rows(): readonly { readonly exponent: number; readonly count: number }[] {
    return [...this.#counts]
      .map(([exponent, count]) => ({ exponent, count }))
      .sort((a, b) => a.exponent - b.exponent);
  }

  #count(exponent: number): void {
    this.#counts.set(exponent, (this.#counts.get(exponent) ?? 0) + 1);
  }
}
