import { stream } from '../../random/streams.ts';
import { type Judgements, judgementsOf, membersOf, queryCount } from './judgements.ts';

/** Most queries and items that vectors are fitted to. */
export interface SampleSize {
  readonly queries: number;
  readonly items: number;
  readonly seed: number;
}

/** Queries and items taken, ascending, and their judgements. */
export interface Sample {
  readonly queries: readonly number[];
  readonly items: readonly number[];
  readonly judgements: Judgements;
  /** Queries passed over since their items did not fit any more. */
  readonly passedOver: number;
}

/**
 * A piece of the judgements that hangs together: from a query drawn at random over the queries that
 * share an item with it to those that share an item with these, and so on (a snowball sample), until
 * as many queries or items are taken as wanted. Every query keeps all of its items. Items that no
 * taken query needs fill the room that is left, at random, as the distractors that they are.
 *
 * Independent draws of queries would hardly share an item, and sets that share none are easy in two
 * dimensions. Vectors for everything are vectors for the sample, so the sample never needs more
 * dimensions: what is found for it bounds the whole from below.
 */
export function sampleJudgements(judgements: Judgements, size: SampleSize): Sample {
  const count = queryCount(judgements);
  const random = stream(size.seed, 'sample');
  const takenItems = new Set<number>();
  const takenQueries: number[] = [];
  let passedOver = 0;
  for (const query of snowball(judgements, random)) {
    if (takenQueries.length === size.queries) break;
    const fresh = membersOf(judgements, query).filter((item) => !takenItems.has(item));
    if (takenItems.size + fresh.length > size.items) {
      passedOver++;
      continue;
    }
    for (const item of fresh) takenItems.add(item);
    takenQueries.push(query);
  }
  if (takenQueries.length === 0) {
    throw new RangeError(
      `no query has as few as ${size.items} items: raise the number of items of the sample`,
    );
  }
  const others = Uint32Array.from({ length: judgements.items }, (_, item) => item).filter(
    (item) => !takenItems.has(item),
  );
  random.shuffle(others);
  for (const item of others.subarray(0, Math.max(0, size.items - takenItems.size))) {
    takenItems.add(item);
  }
  const queries = takenQueries.sort((a, b) => a - b);
  const items = [...takenItems].sort((a, b) => a - b);
  if (queries.length === count && items.length === judgements.items) {
    return { queries, items, judgements, passedOver: 0 };
  }
  const places = new Map(items.map((item, place) => [item, place]));
  const sets = queries.map((query) =>
    Array.from(membersOf(judgements, query), (item) => places.get(item) ?? -1),
  );
  return { queries, items, judgements: judgementsOf(items.length, sets), passedOver };
}

/** Every query once, breadth first over shared items, from a new random one when a piece is done. */
function* snowball(
  judgements: Judgements,
  random: ReturnType<typeof stream>,
): Generator<number, void, undefined> {
  const count = queryCount(judgements);
  const byItem = queriesByItem(judgements);
  const order = Uint32Array.from({ length: count }, (_, query) => query);
  random.shuffle(order);
  const isSeen = new Uint8Array(count);
  const isItemSeen = new Uint8Array(judgements.items);
  for (const first of order) {
    if (isSeen[first] === 1) continue;
    isSeen[first] = 1;
    const waiting = [first];
    for (let at = 0; at < waiting.length; at++) {
      yield waiting[at];
      for (const item of membersOf(judgements, waiting[at])) {
        if (isItemSeen[item] === 1) continue;
        isItemSeen[item] = 1;
        const sharing = byItem.members.slice(byItem.starts[item], byItem.starts[item + 1]);
        random.shuffle(sharing);
        for (const query of sharing) {
          if (isSeen[query] === 1) continue;
          isSeen[query] = 1;
          waiting.push(query);
        }
      }
    }
  }
}

/** The transpose: for every item the queries that it is relevant to. */
export function queriesByItem(judgements: Judgements): Judgements {
  const { items, members } = judgements;
  const starts = new Uint32Array(items + 1);
  for (const item of members) starts[item + 1]++;
  for (let item = 0; item < items; item++) starts[item + 1] += starts[item];
  const next = starts.slice(0, items);
  const queries = new Uint32Array(members.length);
  for (let query = 0; query < queryCount(judgements); query++) {
    for (const item of membersOf(judgements, query)) queries[next[item]++] = query;
  }
  return { items: queryCount(judgements), starts, members: queries };
}
