import { describe, expect, test } from 'vitest';
import { pairsAt } from '../../../src/study/training/curriculum.ts';

describe('the curriculum', () => {
  const curriculum = {
    lessons: [
      { pairs: 2, share: 0.4 },
      { pairs: 3, share: 0.2 },
    ],
    review: 0.5,
  };
  const at = (step: number) => pairsAt(curriculum, 5, 1000, step, 1);

  test('goes from lesson to lesson, then to the full number of pairs', () => {
    const seen = (from: number, to: number) =>
      new Set(Array.from({ length: to - from }, (_, i) => at(from + i)));
    expect(seen(0, 400)).toEqual(new Set([1, 2]));
    expect(seen(400, 600)).toEqual(new Set([1, 2, 3]));
    expect(seen(600, 1000)).toEqual(new Set([5]));
  });

  test('reviews shorter queries in about the given share of a lesson', () => {
    const blocks = Array.from({ length: 4000 }, (_, i) => i * 10);
    const short = blocks.filter((step) => pairsAt(curriculum, 5, 1e5, step, 2) === 1).length;
    expect(short / 4000).toBeGreaterThan(0.45);
    expect(short / 4000).toBeLessThan(0.6);
  });

  test('never asks for more pairs than the game has', () => {
    expect(pairsAt(curriculum, 1, 1000, 100, 1)).toBe(1);
    expect(pairsAt(curriculum, 1, 1000, 999, 1)).toBe(1);
  });
});
