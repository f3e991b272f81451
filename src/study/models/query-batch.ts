import type { NamedValues } from '../../engine/index.ts';
import type { QuerySet } from '../games/query-set.ts';
import type { QueryLayout } from './configuration.ts';
import { lengthOf } from './positions.ts';

/** Arrays of a batch of B queries of T tokens. */
export interface QueryBatch {
  /** T */
  readonly length: number;
  /** // [B, T] */
  readonly tokens: Int32Array;
  /** Slot of each token, N for `start` and `end`; for pairs. // [B, T] */
  readonly slots?: Int32Array;
  /** 1 for a token, 0 for padding; for members' lists. // [B, T] */
  readonly present?: Float32Array;
}

/**
 * A batch of zeros for `size` queries of `pairs` pairs, or of members' lists.
 *
 * @param fullLength tokens per query of the table that the batch is filled from
 */
export function emptyQueryBatch(
  layout: QueryLayout,
  fullLength: number,
  size: number,
  pairs: number,
): QueryBatch {
  const length = layout.kind === 'pairs' ? lengthOf(pairs) : fullLength;
  return {
    length,
    tokens: new Int32Array(size * length),
    ...(layout.kind === 'members'
      ? { present: new Float32Array(size * length) }
      : { slots: new Int32Array(size * length) }),
  };
}

/**
 * Copies row `row` of the queries to row `i` of the batch. Pairs are packed, padding left out, so
 * that a short query makes a short sequence; their tokens keep their slots.
 *
 * @param pad token id of padding
 */
export function fillQuery(
  { length, tokens, slots, present }: QueryBatch,
  i: number,
  queries: QuerySet,
  row: number,
  pad: number,
): void {
  const first = row * queries.sequenceLength;
  const last = queries.sequenceLength - 1;
  let to = i * length;
  for (let t = 0; t <= last; t++) {
    const token = queries.tokens[first + t];
    if (present !== undefined) present[to] = token === pad ? 0 : 1;
    else if (token === pad) continue;
    // Slot s holds the tokens at 3s (operator), 3s + 1 and 3s + 2; the marks have slot N = last / 3.
    if (slots !== undefined) slots[to] = t === 0 ? last / 3 : Math.floor(t / 3);
    tokens[to++] = token;
  }
}

/** Values of the inputs that `querySpecs` declares. */
export function queryValues({ tokens, slots, present }: QueryBatch): NamedValues {
  if (present !== undefined) return { tokens, present };
  if (slots !== undefined) return { tokens, slots };
  throw new Error('a batch of queries needs slots or padding marks');
}
