import { stream } from '../../random/streams.ts';
import { maskSize } from '../deck/masks.ts';
import type { QuerySet } from '../games/query-set.ts';
import type { QueryLayout } from '../models/configuration.ts';
import { lengthOf } from '../models/positions.ts';

/** Arrays of one batch, filled anew for every step. B queries of T tokens, K keys. */
export interface Batch {
  /** Pairs per query; members' lists have 1. */
  readonly pairs: number;
  /** T */
  readonly length: number;
  /** // [B, T] */
  readonly tokens: Int32Array;
  /** 1 / number of true keys at the true keys, else 0. // [B, K] */
  readonly shares: Float32Array;
  /** One true key per query. // [B] */
  readonly keys: Int32Array;
  /** Slot of each token, N for `start` and `end`; for pairs. // [B, T] */
  readonly slots?: Int32Array;
  /** 1 for a token, 0 for padding; for members' lists. // [B, T] */
  readonly present?: Float32Array;
}

/** Draws batches from a table of queries. */
export interface BatchSource {
  /**
   * The batch of a step, a function of seed and step alone. Its arrays are overwritten by the next
   * draw with the same number of pairs.
   */
  draw(step: number, pairs: number): Batch;
}

/**
 * Batches of `size` rows of `queries`, each row drawn uniformly and with replacement among those
 * with the wanted number of pairs. Rows with fewer pairs than the layout's N are packed, padding
 * left out, so that a short query costs a short sequence; its tokens keep their slots.
 *
 * @param pad token id of padding
 */
export function batchSource(
  queries: QuerySet,
  layout: QueryLayout,
  keys: number,
  pad: number,
  size: number,
  seed: number,
): BatchSource {
  const rowsByPairs = groupRows(queries, layout);
  const buffers = new Map<number, Batch>();
  return {
    draw(step, pairs) {
      const rows = rowsByPairs.get(pairs);
      if (rows === undefined) {
        throw new Error(
          `the training table has no ${queries.game} queries of ${pairs} pairs: ` +
            `it has ${[...rowsByPairs.keys()].join(', ')}`,
        );
      }
      let batch = buffers.get(pairs);
      if (batch === undefined) {
        batch = emptyBatch(layout, queries.sequenceLength, keys, size, pairs);
        buffers.set(pairs, batch);
      }
      const random = stream(seed, 'batches', step);
      for (let i = 0; i < size; i++) {
        fillRow(batch, i, queries, rows[random.below(rows.length)], keys, pad);
      }
      return batch;
    },
  };
}

function groupRows(
  { count, pairs }: QuerySet,
  layout: QueryLayout,
): ReadonlyMap<number, Int32Array> {
  const groups = new Map<number, number[]>();
  for (let row = 0; row < count; row++) {
    const group = layout.kind === 'pairs' ? pairs[row] : 1;
    const rows = groups.get(group);
    if (rows === undefined) groups.set(group, [row]);
    else rows.push(row);
  }
  return new Map([...groups].map(([group, rows]) => [group, Int32Array.from(rows)]));
}

/** A batch of zeros. */
export function emptyBatch(
  layout: QueryLayout,
  fullLength: number,
  keys: number,
  size: number,
  pairs: number,
): Batch {
  const length = layout.kind === 'pairs' ? lengthOf(pairs) : fullLength;
  return {
    pairs,
    length,
    tokens: new Int32Array(size * length),
    shares: new Float32Array(size * keys),
    keys: new Int32Array(size),
    ...(layout.kind === 'members'
      ? { present: new Float32Array(size * length) }
      : { slots: new Int32Array(size * length) }),
  };
}

/** Copies row `row` of the queries to row `i` of the batch. */
export function fillRow(
  batch: Batch,
  i: number,
  queries: QuerySet,
  row: number,
  keys: number,
  pad: number,
): void {
  const { sequenceLength, tokens, maskWords, keyMasks } = queries;
  const { slots, present } = batch;
  let to = i * batch.length;
  const first = row * sequenceLength;
  const last = sequenceLength - 1;
  for (let t = 0; t <= last; t++) {
    const token = tokens[first + t];
    if (present !== undefined) present[to] = token === pad ? 0 : 1;
    else if (token === pad) continue;
    // Slot s holds the tokens at 3s (operator), 3s + 1 and 3s + 2; the marks have slot N = last / 3.
    if (slots !== undefined) slots[to] = t === 0 ? last / 3 : Math.floor(t / 3);
    batch.tokens[to++] = token;
  }
  const share = 1 / maskSize(keyMasks, row * maskWords, maskWords);
  for (let key = 0; key < keys; key++) {
    const isTrue = (keyMasks[row * maskWords + (key >>> 5)] >>> (key & 31)) & 1;
    batch.shares[i * keys + key] = isTrue === 1 ? share : 0;
  }
  batch.keys[i] = queries.keys[row];
}
