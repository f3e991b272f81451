import { stream } from '../../random/streams.ts';
import { type Judgements, membersOf, queryCount } from './judgements.ts';

/** Queries that item vectors are fitted on, and others that are held out; ascending. */
export interface Split {
  readonly fitted: readonly number[];
  readonly heldOut: readonly number[];
}

/** Share of the queries that is held out where items allow it. */
export const HELD_OUT_SHARE = 0.3;

/**
 * Holds out queries in random order, up to `share` of all, each only if all of its items stay
 * relevant to a query that is fitted: of an item that no fitted query asks for nothing can be learnt.
 * Where items have few queries, fewer are held out, or none.
 */
export function splitQueries(judgements: Judgements, share: number, seed: number): Split {
  const count = queryCount(judgements);
  const asked = new Uint32Array(judgements.items);
  for (const item of judgements.members) asked[item]++;
  const order = Uint32Array.from({ length: count }, (_, query) => query);
  stream(seed, 'held-out').shuffle(order);
  const wanted = Math.floor(count * share);
  const isHeldOut = new Uint8Array(count);
  let taken = 0;
  for (const query of order) {
    if (taken === wanted) break;
    const members = membersOf(judgements, query);
    if (members.some((item) => asked[item] < 2)) continue;
    for (const item of members) asked[item]--;
    isHeldOut[query] = 1;
    taken++;
  }
  const all = Array.from({ length: count }, (_, query) => query);
  return {
    fitted: all.filter((query) => isHeldOut[query] === 0),
    heldOut: all.filter((query) => isHeldOut[query] === 1),
  };
}
