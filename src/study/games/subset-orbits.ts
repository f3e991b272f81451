import type { Deck } from '../deck/deck.ts';
import { symmetriesUpToSlices } from '../deck/symmetries.ts';

/** Largest deck whose subsets are counted one by one. */
export const MOST_KEYS_COUNTED = 27;

/**
 * The subsets of a deck with three values per attribute, up to relabelling the first attribute. Its
 * values cut a subset into three slices of at most nine keys; relabelling reorders the slices, so a
 * subset's place is that of its sorted slices. 2^27 subsets become 22.5 million places: their bits are
 * 2.8 MB and stay in a processor's cache, where 16 MB would not.
 */
export class SubsetPlaces {
  /** Number of places. */
  readonly count: number;
  readonly #sliceBits: number;
  readonly #sliceMask: number;
  // Rank of sorted slices a <= b <= c: a + C(b + 1, 2) + C(c + 2, 3), tabled.
  readonly #second: Int32Array;
  readonly #third: Int32Array;
  readonly #order: number;
  /** Image of each slice under each symmetry, those of one slice in a row. // [3, 2^bits, order] */
  readonly #images: Int32Array;

  constructor(deck: Deck) {
    if (deck.values !== 3 || deck.keys > MOST_KEYS_COUNTED) {
      throw new RangeError(
        `subsets of ${deck.keys} keys with ${deck.values} values per attribute cannot be counted ` +
          `one by one: give 3 values and at most ${MOST_KEYS_COUNTED} keys`,
      );
    }
    const bits = deck.keys / 3;
    const slices = 2 ** bits;
    this.#sliceBits = bits;
    this.#sliceMask = slices - 1;
    this.#second = Int32Array.from({ length: slices }, (_, b) => (b * (b + 1)) / 2);
    this.#third = Int32Array.from({ length: slices }, (_, c) => (c * (c + 1) * (c + 2)) / 6);
    this.count = (slices * (slices + 1) * (slices + 2)) / 6;

    const group = symmetriesUpToSlices(deck);
    this.#order = group.length;
    this.#images = new Int32Array(3 * slices * group.length);
    for (let slice = 0; slice < 3; slice++) {
      for (let content = 1; content < slices; content++) {
        const row = (slice * slices + content) * group.length;
        const withoutLowest = (slice * slices + (content & (content - 1))) * group.length;
        const key = slice * bits + 31 - Math.clz32(content & -content);
        group.forEach((image, g) => {
          this.#images[row + g] = this.#images[withoutLowest + g] | (1 << image[key]);
        });
      }
    }
  }

  /** The place of a subset. */
  of(subset: number): number {
    const x = subset & this.#sliceMask;
    const y = (subset >>> this.#sliceBits) & this.#sliceMask;
    const z = subset >>> (2 * this.#sliceBits);
    const low = Math.min(x, y);
    const high = Math.max(x, y);
    if (z >= high) return low + this.#second[high] + this.#third[z];
    return z < low
      ? z + this.#second[low] + this.#third[high]
      : low + this.#second[z] + this.#third[high];
  }

  /**
   * Marks the places (a bit each) of all images of a subset under the deck's symmetries, and
   * returns how many subsets share the newly marked places.
   */
  markOrbit(marked: Int32Array, subset: number): number {
    const images = this.#images;
    const order = this.#order;
    const bits = this.#sliceBits;
    const mask = this.#sliceMask;
    const low = (subset & mask) * order;
    const middle = (mask + 1 + ((subset >>> bits) & mask)) * order;
    const high = (2 * (mask + 1) + (subset >>> (2 * bits))) * order;
    let added = 0;
    for (let g = 0; g < order; g++) {
      const image = images[low + g] | images[middle + g] | images[high + g];
      const place = this.of(image);
      const bit = 1 << (place & 31);
      const word = marked[place >>> 5];
      if ((word & bit) === 0) {
        marked[place >>> 5] = word | bit;
        added += this.#arrangements(image);
      }
    }
    return added;
  }

  /** Number of subsets that share a subset's place: the orders of its slices. */
  #arrangements(subset: number): number {
    const x = subset & this.#sliceMask;
    const y = (subset >>> this.#sliceBits) & this.#sliceMask;
    const z = subset >>> (2 * this.#sliceBits);
    if (x === y) return y === z ? 1 : 3;
    return x === z || y === z ? 3 : 6;
  }
}
