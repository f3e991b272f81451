const ROUNDS_BEFORE_FIRST_NUMBER = 12;

/**
 * A deterministic source of random numbers: sfc32 of Chris Doty-Humphrey's PractRand, 128 bits of
 * state, period at least 2^32 and 2^127 on average.
 */
export class Stream {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;
  #spareNormal: number | undefined;

  /** `words`: four 32-bit words of well-mixed seed. */
  constructor(words: readonly [number, number, number, number]) {
    [this.#a, this.#b, this.#c, this.#counter] = words.map((word) => word | 0);
    for (let round = 0; round < ROUNDS_BEFORE_FIRST_NUMBER; round++) this.u32();
  }

  /** Uniform over the integers 0 .. 2^32 - 1. */
  u32(): number {
    const next = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + next) | 0;
    return next >>> 0;
  }

  /**
   * Uniform over the integers 0 .. `count` - 1, without bias, for 1 <= `count` <= 2^21
   * (multiplication with rejection: Lemire, arXiv 1805.10941; the product must fit 53 bits).
   */
  below(count: number): number {
    let product = this.u32() * count;
    if (product >>> 0 < count) {
      const surplus = 2 ** 32 % count;
      while (product >>> 0 < surplus) product = this.u32() * count;
    }
    return Math.floor(product / 2 ** 32);
  }

  /** Uniform over the multiples of 2^-53 in [0, 1). */
  float(): number {
    const high = this.u32() >>> 5;
    const low = this.u32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** Normal with mean 0 and variance 1 (Marsaglia's polar method). */
  normal(): number {
    const spare = this.#spareNormal;
    if (spare !== undefined) {
      this.#spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.float() - 1;
      const y = 2 * this.float() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) {
        const scale = Math.sqrt((-2 * Math.log(square)) / square);
        this.#spareNormal = y * scale;
        return x * scale;
      }
    }
  }

  /** Shuffles the first `length` elements in place, every order equally likely. */
  shuffle<T>(items: { length: number; [index: number]: T }, length: number = items.length): void {
    for (let last = length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const item = items[last];
      items[last] = items[other];
      items[other] = item;
    }
  }
}
