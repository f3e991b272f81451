import { describe, expect, it } from 'vitest';
import { pairsAt } from '../../../src/study/training/curriculum.ts';
import { learningRate } from '../../../src/study/training/schedules.ts';

describe('the learning rate', () => {
  const schedule = { peak: 0.01, warmUp: 10, steps: 100 };

  it('rises linearly to its peak and falls along half a cosine', () => {
    expect(learningRate(schedule, 0)).toBeCloseTo(0.001, 6);
    expect(learningRate(schedule, 4)).toBeCloseTo(0.005, 4);
    expect(learningRate(schedule, 50)).toBeCloseTo(0.005, 10);
    expect(learningRate(schedule, 99)).toBeLessThan(1e-5);
    expect(learningRate(schedule, 99)).toBeGreaterThan(0);
  });

  it('rises by equal factors, from a thousandth of the peak, on a log scale', () => {
    const steady = { ...schedule, rise: 'log', fall: 'none' } as const;
    const factors = [0, 1, 5, 8].map(
      (step) => learningRate(steady, step + 1) / learningRate(steady, step),
    );
    for (const factor of factors) expect(factor).toBeCloseTo(1000 ** 0.1, 10);
    expect(learningRate(steady, 9)).toBe(0.01);
    expect(learningRate(steady, 0)).toBeCloseTo(1e-5 * 1000 ** 0.1, 12);
  });

  it('stays at its peak where it is not to fall', () => {
    expect(learningRate({ ...schedule, fall: 'none' }, 99)).toBe(0.01);
  });

  it('starts at the peak without a warm-up', () => {
    expect(learningRate({ ...schedule, warmUp: 0 }, 0)).toBe(0.01);
  });
});

describe('the curriculum', () => {
  const curriculum = {
    lessons: [
      { pairs: 2, share: 0.4 },
      { pairs: 3, share: 0.2 },
    ],
    review: 0.5,
  };
  const at = (step: number) => pairsAt(curriculum, 5, 1000, step, 1);

  it('goes from lesson to lesson, then to the full number of pairs', () => {
    const seen = (from: number, to: number) =>
      new Set(Array.from({ length: to - from }, (_, i) => at(from + i)));
    expect(seen(0, 400)).toEqual(new Set([1, 2]));
    expect(seen(400, 600)).toEqual(new Set([1, 2, 3]));
    expect(seen(600, 1000)).toEqual(new Set([5]));
  });

  it('reviews shorter queries in about the given share of a lesson', () => {
    const blocks = Array.from({ length: 4000 }, (_, i) => i * 10);
    const short = blocks.filter((step) => pairsAt(curriculum, 5, 1e5, step, 2) === 1).length;
    expect(short / 4000).toBeGreaterThan(0.45);
    expect(short / 4000).toBeLessThan(0.6);
  });

  it('never asks for more pairs than the game has', () => {
    expect(pairsAt(curriculum, 1, 1000, 100, 1)).toBe(1);
    expect(pairsAt(curriculum, 1, 1000, 999, 1)).toBe(1);
  });
});
