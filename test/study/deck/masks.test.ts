import { describe, expect, test } from 'vitest';
import { maskSize, nthKey, popcount } from '../../../src/study/deck/masks.ts';
import { maskKeys } from '../mask-keys.ts';

describe('a mask', () => {
  test('counts and lists its keys', () => {
    const masks = Uint32Array.of(0, 0x80000001, 0, 0xffffffff);
    expect(popcount(0xffffffff)).toBe(32);
    expect(maskSize(masks, 0, 4)).toBe(34);
    const keys = maskKeys(masks, 0, 4);
    expect(keys.slice(0, 3)).toEqual([32, 63, 96]);
    keys.forEach((key, rank) => {
      expect(nthKey(masks, 0, rank)).toBe(key);
    });
  });
});
