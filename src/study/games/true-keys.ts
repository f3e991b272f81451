import type { QuerySet } from './query-set.ts';

/** 1 at every query's true keys, else 0. // [count, K] */
export function trueKeys({ count, maskWords, keyMasks }: QuerySet, keys: number): Uint8Array {
  const isTrue = new Uint8Array(count * keys);
  for (let query = 0; query < count; query++) {
    for (let key = 0; key < keys; key++) {
      const word = keyMasks[query * maskWords + (key >>> 5)];
      isTrue[query * keys + key] = (word >>> (key & 31)) & 1;
    }
  }
  return isTrue;
}
