/** Number of set bits of a 32-bit word (Hacker's Delight, figure 5-2). */
export function popcount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}

/** Number of keys in the mask of `words` words at `offset`. */
export function maskSize(masks: Uint32Array, offset: number, words: number): number {
  let size = 0;
  for (let w = 0; w < words; w++) size += popcount(masks[offset + w]);
  return size;
}

/** The key at place `rank` of the mask, counted from 0; the mask must have more than `rank` keys. */
export function nthKey(masks: Uint32Array, offset: number, rank: number): number {
  let word = 0;
  let left = rank;
  for (;;) {
    const size = popcount(masks[offset + word]);
    if (left < size) break;
    left -= size;
    word++;
  }
  let bits = masks[offset + word];
  while (left-- > 0) bits &= bits - 1;
  return word * 32 + 31 - Math.clz32(bits & -bits);
}
