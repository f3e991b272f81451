import { ATOM_KINDS, type Atom, atomsOf, isTrueOf } from './grammar.ts';
import type { SubsetRow } from './tables.ts';
import type { Scene } from './world.ts';

/** Sets of at most 64 scenes, two words of 32 bits each, all different. */
export class Subsets {
  #slots = new Uint32Array(2 << 10);
  #used = new Uint8Array(1 << 10);
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** Adds a set if it is not there. */
  add(low: number, high: number): void {
    if (2 * this.#count >= this.#used.length) this.#grow();
    const at = this.#placeOf(low, high);
    if (this.#used[at] === 1) return;
    this.#used[at] = 1;
    this.#slots[2 * at] = low;
    this.#slots[2 * at + 1] = high;
    this.#count++;
  }

  /** The sets one after the other, two words each. */
  words(): Uint32Array {
    const words = new Uint32Array(2 * this.#count);
    let next = 0;
    this.#used.forEach((used, at) => {
      if (used === 0) return;
      words[next++] = this.#slots[2 * at];
      words[next++] = this.#slots[2 * at + 1];
    });
    return words;
  }

  #placeOf(low: number, high: number): number {
    const mask = this.#used.length - 1;
    let hash = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 15), 0x27d4eb2f);
    let at = (hash ^ (hash >>> 13)) & mask;
    while (
      this.#used[at] === 1 &&
      !(this.#slots[2 * at] === low >>> 0 && this.#slots[2 * at + 1] === high >>> 0)
    ) {
      at = (at + 1) & mask;
    }
    return at;
  }

  #grow(): void {
    const words = this.words();
    const capacity = 4 * this.#used.length;
    this.#used = new Uint8Array(capacity);
    this.#slots = new Uint32Array(2 * capacity);
    this.#count = 0;
    for (let i = 0; i < words.length; i += 2) this.add(words[i], words[i + 1]);
  }
}

/** The sets that some atoms select, the empty one left out. */
export function subsetsOf(atoms: readonly Atom[], scenes: readonly Scene[]): Subsets {
  const subsets = new Subsets();
  for (const atom of atoms) {
    const words = [0, 0];
    scenes.forEach((scene, i) => {
      if (isTrueOf(atom, scene)) words[i >> 5] |= 1 << (i & 31);
    });
    if ((words[0] | words[1]) !== 0) subsets.add(words[0], words[1]);
  }
  return subsets;
}

/** The sets that a set of the first and one of the second have in common, the empty one left out. */
export function intersections(first: Subsets, second: Subsets): Subsets {
  const [a, b] = [first.words(), second.words()];
  const both = new Subsets();
  for (let i = 0; i < a.length; i += 2) {
    for (let j = 0; j < b.length; j += 2) {
      const [low, high] = [a[i] & b[j], a[i + 1] & b[j + 1]];
      if ((low | high) !== 0) both.add(low, high);
    }
  }
  return both;
}

/**
 * How many sets the queries of each depth select, exactly: conjunctions of n atoms, by the kinds of atoms
 * that they may have, as long as there are at most `most` pairs to intersect; and lists of up to n scenes.
 * A conjunction may repeat an atom, so a depth has the sets of the depths before it.
 */
export function countSubsets(
  scenes: readonly Scene[],
  depths: number,
  most: number,
): readonly SubsetRow[] {
  const rows: SubsetRow[] = [];
  ATOM_KINDS.forEach((kind, i) => {
    const kinds = ATOM_KINDS.slice(0, i + 1);
    const atoms = subsetsOf(kinds.flatMap(atomsOf), scenes);
    let sets = atoms;
    for (let depth = 1; depth <= depths; depth++) {
      if (depth > 1) {
        if (sets.size * atoms.size > most) break;
        sets = intersections(sets, atoms);
      }
      rows.push({ atoms: kind, depth, subsets: sets.size, bits: Math.log2(sets.size) });
    }
  });
  let lists = 0;
  for (let depth = 1; depth <= depths; depth++) {
    lists += binomial(scenes.length, depth);
    rows.push({ atoms: 'list', depth, subsets: lists, bits: Math.log2(lists) });
  }
  return rows;
}

function binomial(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return Math.round(result);
}
