import { stream } from '../../random/streams.ts';
import { maskSize } from '../deck/masks.ts';
import type { QuerySet } from '../games/query-set.ts';
import type { QueryLayout } from '../models/configuration.ts';
import { emptyQueryBatch, fillQuery, type QueryBatch } from '../models/query-batch.ts';

/** A batch of queries with their labels. B queries, K keys. */
export interface Batch extends QueryBatch {
  /** Pairs per query; members' lists have 1. */
  readonly pairs: number;
  /** 1 / number of true keys at the true keys, else 0. // [B, K] */
  readonly shares: Float32Array;
  /** One true key per query. // [B] */
  readonly keys: Int32Array;
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
          `the training table has no ${queries.game} queries of ${pairs} pairs, ` +
            `only of ${[...rowsByPairs.keys()].join(', ')}: change the lessons or build-queries`,
        );
      }
      let batch = buffers.get(pairs);
      if (batch === undefined) {
        batch = emptyBatch(layout, queries.sequenceLength, keys, size, pairs);
        buffers.set(pairs, batch);
      }
      const random = stream(seed, 'batches', step);
      for (let i = 0; i < size; i++) {
        const row = rows[random.below(rows.length)];
        fillQuery(batch, i, queries, row, pad);
        fillLabels(batch, i, queries, row, keys);
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

function emptyBatch(
  layout: QueryLayout,
  fullLength: number,
  keys: number,
  size: number,
  pairs: number,
): Batch {
  return {
    ...emptyQueryBatch(layout, fullLength, size, pairs),
    pairs,
    shares: new Float32Array(size * keys),
    keys: new Int32Array(size),
  };
}

/** Copies the true keys of row `row` of the queries to row `i` of the batch. */
function fillLabels(
  { shares, keys }: Batch,
  i: number,
  queries: QuerySet,
  row: number,
  deckKeys: number,
): void {
  const { maskWords, keyMasks } = queries;
  const share = 1 / maskSize(keyMasks, row * maskWords, maskWords);
  for (let key = 0; key < deckKeys; key++) {
    const isTrue = (keyMasks[row * maskWords + (key >>> 5)] >>> (key & 31)) & 1;
    shares[i * deckKeys + key] = isTrue === 1 ? share : 0;
  }
  keys[i] = queries.keys[row];
}
