import type { Tensor } from '@tensorflow/tfjs';
import { inSlices } from '../../../engine/index.ts';

/**
 * Bytes of hidden units, the largest tensors of a layer, that are best computed at a time: more leave
 * a cache of one or two MiB and come back, fewer make products too small (`npm run bench:train-step`).
 */
const SLICE_BYTES = 2 * 2 ** 20;
/** Vectors per slice and width from which reading the weights once more costs less than that. */
const ROWS_PER_WIDTH = 1.5;

/**
 * `f` of all queries, in slices of them that fit the processor's cache.
 *
 * @param queries tensors whose first axis is the query, among them `tokens`
 * @param vectors how many vectors per query go through a layer
 */
export function slicedQueries<Q extends { readonly tokens: Tensor }, T extends Tensor>(
  queries: Q,
  { width, feedForward }: { readonly width: number; readonly feedForward: number },
  vectors: number,
  f: (queries: Q) => T,
): T {
  const rows = queries.tokens.shape[0] * vectors;
  const fitting = 2 ** Math.round(Math.log2((rows * feedForward * 4) / SLICE_BYTES));
  const count = Math.min(fitting, Math.floor(rows / (ROWS_PER_WIDTH * width)));
  return inSlices(queries, count, f);
}
