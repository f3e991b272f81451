/**
 * Who should match whom: for every query the items that are relevant to it, in compressed rows. Q
 * queries, N items.
 */
export interface Judgements {
  /** N */
  readonly items: number;
  /** Items of query q: `members[starts[q]]` up to `members[starts[q + 1]]`, ascending. // [Q + 1] */
  readonly starts: Uint32Array;
  readonly members: Uint32Array;
}

/** Judgements with the names that the file gives to queries and items. */
export interface NamedJudgements extends Judgements {
  /** // [Q] */
  readonly queryNames: readonly string[];
  /** // [N] */
  readonly itemNames: readonly string[];
}

/** Q: the number of queries. */
export function queryCount({ starts }: Judgements): number {
  return starts.length - 1;
}

/** The items of a query, ascending; a view, not to be written to. */
export function membersOf({ starts, members }: Judgements, query: number): Uint32Array {
  return members.subarray(starts[query], starts[query + 1]);
}

/** Judgements of one set of item indices per query; repeated items count once. */
export function judgementsOf(items: number, sets: Iterable<Iterable<number>>): Judgements {
  const starts = [0];
  const members: number[] = [];
  for (const set of sets) {
    const sorted = [...new Set(set)].sort((a, b) => a - b);
    for (const item of sorted) {
      if (!Number.isInteger(item) || item < 0 || item >= items) {
        throw new RangeError(`there is no item ${item} among ${items}`);
      }
      members.push(item);
    }
    starts.push(members.length);
  }
  return { items, starts: Uint32Array.from(starts), members: Uint32Array.from(members) };
}

/** The judgements of some of the queries, in the order given, over all items. */
export function queriesOf(judgements: Judgements, queries: ArrayLike<number>): Judgements {
  const rows = Array.from(queries, (query) => membersOf(judgements, query));
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => {
    starts[i + 1] = starts[i] + row.length;
  });
  const members = new Uint32Array(starts[rows.length]);
  rows.forEach((row, i) => {
    members.set(row, starts[i]);
  });
  return { items: judgements.items, starts, members };
}

/** 1 at the items of each query from row `from` on, else 0; rows past the last query are 0. // [rows, N] */
export function denseRows(judgements: Judgements, from: number, rows: number): Float32Array {
  const { items } = judgements;
  const dense = new Float32Array(rows * items);
  const end = Math.min(from + rows, queryCount(judgements));
  for (let query = from; query < end; query++) {
    for (const item of membersOf(judgements, query)) dense[(query - from) * items + item] = 1;
  }
  return dense;
}
