import type { NamedJudgements } from './judgements.ts';

/** Names in the order of their first appearance. */
class Names {
  readonly #places = new Map<string, number>();

  get list(): string[] {
    return [...this.#places.keys()];
  }

  placeOf(name: string): number {
    const place = this.#places.get(name) ?? this.#places.size;
    if (place === this.#places.size) this.#places.set(name, place);
    return place;
  }
}

/** Pairs of a query and an item, collected one by one in growing arrays. */
export class Pairs {
  readonly #relevantFrom: number;
  readonly #queries = new Names();
  readonly #items = new Names();
  #count = 0;
  /** Query and item by turns. */
  #pairs = new Uint32Array(1 << 12);

  constructor(relevantFrom: number) {
    this.#relevantFrom = relevantFrom;
  }

  add(query: string, item: string, relevance: number): void {
    const q = this.#queries.placeOf(query);
    const i = this.#items.placeOf(item);
    if (relevance < this.#relevantFrom) return;
    if (2 * this.#count === this.#pairs.length) {
      const larger = new Uint32Array(2 * this.#pairs.length);
      larger.set(this.#pairs);
      this.#pairs = larger;
    }
    this.#pairs[2 * this.#count] = q;
    this.#pairs[2 * this.#count + 1] = i;
    this.#count++;
  }

  /** Sorts the pairs by query and item, each once; queries without any are left out. */
  finish(): {
    readonly judgements: NamedJudgements;
    readonly repeated: number;
    readonly withoutItems: number;
  } {
    const names = this.#queries.list;
    const itemNames = this.#items.list;
    const rows = this.#rows(names.length);
    const queryNames = names.filter((_, q) => rows[q].length > 0);
    const kept = rows.filter((row) => row.length > 0);
    const starts = new Uint32Array(kept.length + 1);
    kept.forEach((row, q) => {
      starts[q + 1] = starts[q] + row.length;
    });
    const members = new Uint32Array(starts[kept.length]);
    kept.forEach((row, q) => {
      members.set(row, starts[q]);
    });
    return {
      judgements: { items: itemNames.length, starts, members, queryNames, itemNames },
      repeated: this.#count - members.length,
      withoutItems: names.length - kept.length,
    };
  }

  /** Distinct items of each query, ascending. */
  #rows(queries: number): readonly Uint32Array[] {
    const ends = new Uint32Array(queries + 1);
    for (let p = 0; p < this.#count; p++) ends[this.#pairs[2 * p] + 1]++;
    for (let q = 0; q < queries; q++) ends[q + 1] += ends[q];
    const next = ends.slice(0, queries);
    const all = new Uint32Array(this.#count);
    for (let p = 0; p < this.#count; p++) all[next[this.#pairs[2 * p]]++] = this.#pairs[2 * p + 1];
    return Array.from({ length: queries }, (_, q) =>
      all
        .subarray(ends[q], ends[q + 1])
        .sort()
        .filter((item, i, row) => i === 0 || item !== row[i - 1]),
    );
  }
}
