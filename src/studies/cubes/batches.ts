import { stream } from '../../random/streams.ts';
import { blocksOf, type Caption } from './captions.ts';
import { normalised, type Pictures } from './pictures.ts';
import { tokensOf } from './words.ts';

/**
 * What a batch's captions have in common. `orders`: up to four orders of the same colours follow one
 * another, so that only their order tells these apart. `apart`: no two have the same colours, so that
 * the colours alone tell all of them apart, as in nearly every batch of captions from the web.
 */
export const BATCHES = ['orders', 'apart'] as const;
export type Batches = (typeof BATCHES)[number];

/** Orders of one block in a batch. */
const MOST_ORDERS = 4;

/**
 * Rows of the captions of a batch, all different. Heights are equally likely, then the blocks of a height.
 *
 * @throws RangeError if there are too few captions
 */
export function drawCaptions(
  captions: readonly Caption[],
  batches: Batches,
  count: number,
  seed: number,
  step: number,
): readonly number[] {
  const random = stream(seed, 'cubes', 'batch', step);
  const rowOf = new Map(captions.map((caption, row) => [caption, row]));
  const byHeight = new Map<number, (readonly Caption[])[]>();
  for (const block of blocksOf(captions).values()) {
    const n = block[0].colours.length;
    byHeight.set(n, [...(byHeight.get(n) ?? []), block]);
  }
  for (const blocks of byHeight.values()) random.shuffle(blocks);
  const rows: number[] = [];
  while (rows.length < count) {
    const heights = [...byHeight].filter(([, blocks]) => blocks.length > 0);
    if (heights.length === 0) {
      throw new RangeError(`a batch of ${count} captions '${batches}' cannot be made of these`);
    }
    const block = heights[random.below(heights.length)][1].pop() ?? [];
    const orders = [...block];
    random.shuffle(orders);
    for (const caption of orders.slice(0, batches === 'orders' ? MOST_ORDERS : 1)) {
      if (rows.length < count) rows.push(rowOf.get(caption) ?? 0);
    }
  }
  return rows;
}

/** A batch: a picture and the words of each caption. */
export interface Batch {
  /** // [B, 3, size, size] */
  readonly pictures: Float32Array;
  /** // [B, T] */
  readonly captions: Int32Array;
}

/** The captions of some rows, with one of their pictures each. */
export function batchOf(
  { captions, views, size, pixels }: Pictures,
  rows: readonly number[],
  viewOf: (i: number) => number,
  words: number,
): Batch {
  const length = 3 * size * size;
  const batch = {
    pictures: new Float32Array(rows.length * length),
    captions: new Int32Array(rows.length * words),
  };
  rows.forEach((row, i) => {
    const at = (row * views + viewOf(i)) * length;
    normalised(pixels.subarray(at, at + length), batch.pictures, i * length);
    batch.captions.set(tokensOf(captions[row], words), i * words);
  });
  return batch;
}
