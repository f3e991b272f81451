/** Bits of a float32's digits. */
const DIGITS = 23;
/** An exponent's bits, all ones. */
const EXPONENT = 0xff;
const BIAS = 127;
/** Below it float16's numbers are multiples of 2^-24. */
const LEAST_NORMAL = -14;
/** Exponents, and their differences, are between this and its negative. */
const OFFSET = 2 * (BIAS + 1);

/** How many numbers have each power of two, zeros and subnormal numbers left out. */
export class Exponents {
  /** By exponent, from -`OFFSET` on. */
  readonly #counts = new Float64Array(2 * OFFSET);

  add(values: Float32Array): this {
    const words = wordsOf(values);
    for (let i = 0; i < words.length; i++) {
      const exponent = exponentOf(words[i]);
      if (exponent > -BIAS) this.#counts[OFFSET + exponent]++;
    }
    return this;
  }

  /** Of updates, η g, less those of their weights. */
  addUpdates(gradients: Float32Array, weights: Float32Array, learningRate: number): this {
    const update = new Float32Array(1);
    const updateWord = wordsOf(update);
    const bases = wordsOf(weights);
    for (let i = 0; i < gradients.length; i++) {
      update[0] = learningRate * gradients[i];
      const exponent = exponentOf(updateWord[0]);
      if (exponent === -BIAS) continue;
      this.#counts[OFFSET + exponent - Math.max(exponentOf(bases[i]), LEAST_NORMAL)]++;
    }
    return this;
  }

  /** Ascending. */
  rows(): readonly { readonly exponent: number; readonly count: number }[] {
    return Array.from(this.#counts, (count, i) => ({ exponent: i - OFFSET, count })).filter(
      ({ count }) => count > 0,
    );
  }
}

function wordsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** The power of two that is next below a number's size; of zeros and subnormal numbers -127. */
function exponentOf(word: number): number {
  return ((word >>> DIGITS) & EXPONENT) - BIAS;
}
