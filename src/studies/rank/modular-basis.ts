/** The largest prime below 2^15: a product of two residues and a sum with a third fit 31 bits. */
export const PRIME = 32749;

/**
 * A basis of vectors over the integers modulo `PRIME`, grown one vector at a time by Gaussian
 * elimination. Its size bounds the rank over the rationals from below: a minor that is not zero
 * modulo a prime is not zero. Memory: size x length 32-bit integers, however many vectors are added.
 */
export class ModularBasis {
  readonly #length: number;
  /** Each with 1 at its pivot, and 0 before it. */
  readonly #rows: { readonly pivot: number; readonly row: Int32Array }[] = [];

  /** @param length of every vector */
  constructor(length: number) {
    this.#length = length;
  }

  get size(): number {
    return this.#rows.length;
  }

  /** Adds an integer vector unless the basis already spans it. @returns whether it was added */
  add(vector: ArrayLike<number>): boolean {
    if (vector.length !== this.#length) {
      throw new RangeError(
        `a vector has ${vector.length} entries, the basis needs ${this.#length}`,
      );
    }
    const residual = Int32Array.from(vector, (value) => ((value % PRIME) + PRIME) % PRIME);
    for (const { pivot, row } of this.#rows) {
      const factor = residual[pivot];
      if (factor !== 0) addMultiple(residual, PRIME - factor, row, pivot);
    }
    const pivot = residual.findIndex((value) => value !== 0);
    if (pivot === -1) return false;
    const scale = inverse(residual[pivot]);
    for (let i = pivot; i < residual.length; i++) residual[i] = (residual[i] * scale) % PRIME;
    // Sorted by pivot, so that one pass from left to right reduces a vector.
    const at = this.#rows.findIndex((other) => other.pivot > pivot);
    this.#rows.splice(at === -1 ? this.#rows.length : at, 0, { pivot, row: residual });
    return true;
  }
}

function addMultiple(into: Int32Array, factor: number, row: Int32Array, from: number): void {
  for (let i = from; i < into.length; i++) into[i] = (into[i] + factor * row[i]) % PRIME;
}

/** By Fermat's little theorem: a^(p - 2). */
function inverse(value: number): number {
  let result = 1;
  let power = value;
  for (let exponent = PRIME - 2; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = (result * power) % PRIME;
    power = (power * power) % PRIME;
  }
  return result;
}
