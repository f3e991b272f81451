import { describe, expect, test } from 'vitest';
import { stream } from '../../src/random/streams.ts';

describe('a stream', () => {
  test('gives the numbers that an independent implementation gives', () => {
    // Computed in Python from hashlib.sha256 and the published sfc32.
    const numbers = stream(1, 'build-queries', 'union');
    expect(Array.from({ length: 6 }, () => numbers.u32())).toEqual([
      288214164, 950074721, 1846136646, 762125524, 2155245600, 2131927161,
    ]);
    const short = stream(1);
    expect(Array.from({ length: 3 }, () => short.u32())).toEqual([
      2337931878, 4161148336, 3641748554,
    ]);
  });

  test('depends on its seed and on each of its names, and on nothing else', () => {
    const first = (...path: [number | string, ...string[]]) => stream(...path).u32();
    expect(first(1, 'a', 'b')).toBe(first(1, 'a', 'b'));
    const all = [first(1, 'a', 'b'), first(2, 'a', 'b'), first(1, 'ab'), first(1, 'b', 'a')];
    expect(new Set([...all, first(1, 'a'), first('1', 'a', 'b')]).size).toBe(6);
  });

  test('is uncorrelated with streams of neighbouring names', () => {
    const count = 20_000;
    const streams = Array.from({ length: 8 }, (_, i) => stream(i % 2, `name ${i >> 1}`));
    const rows = streams.map((s) => Array.from({ length: count }, () => s.float() - 0.5));
    for (let i = 0; i < rows.length; i++) {
      for (let j = 0; j < i; j++) {
        const dot = rows[i].reduce((sum, x, k) => sum + x * rows[j][k], 0);
        // Standard deviation of the correlation: 1 / sqrt(count).
        expect(Math.abs((dot / count) * 12)).toBeLessThan(4.5 / Math.sqrt(count));
      }
    }
  });

  test('draws below a bound without bias', () => {
    const numbers = stream(3, 'below');
    const counts = new Array(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[numbers.below(7)]++;
    const chiSquare = counts.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(22.5); // 0.1 % of 6 degrees of freedom
  });

  test('gives floats in [0, 1) and normals of mean 0 and variance 1', () => {
    const numbers = stream(4, 'normal');
    const normals = Array.from({ length: 50_000 }, () => numbers.normal());
    const mean = normals.reduce((sum, x) => sum + x, 0) / normals.length;
    const square = normals.reduce((sum, x) => sum + x * x, 0) / normals.length;
    const fourth = normals.reduce((sum, x) => sum + x ** 4, 0) / normals.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(square).toBeCloseTo(1, 1);
    expect(Math.abs(fourth - 3)).toBeLessThan(0.2);
    for (let i = 0; i < 10_000; i++) {
      const x = numbers.float();
      expect(x >= 0 && x < 1).toBe(true);
    }
  });

  test('shuffles into every order equally often', () => {
    const numbers = stream(5, 'shuffle');
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const items = [0, 1, 2, 3, 9];
      numbers.shuffle(items, 4);
      expect(items[4]).toBe(9);
      counts.set(items.join(''), (counts.get(items.join('')) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(49.7); // 0.1 % of 23 degrees of freedom
  });
});
