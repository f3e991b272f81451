/** The keys in the mask of `words` words at `offset`, ascending. */
export function maskKeys(masks: Uint32Array, offset: number, words: number): number[] {
  const keys: number[] = [];
  for (let w = 0; w < words; w++) {
    for (let bits = masks[offset + w]; bits !== 0; bits &= bits - 1) {
      keys.push(w * 32 + 31 - Math.clz32(bits & -bits));
    }
  }
  return keys;
}
