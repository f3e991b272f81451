import { describe, expect, test } from 'vitest';
import { learningRate } from '../../../src/study/training/schedules.ts';

describe('the learning rate', () => {
  const schedule = { peak: 0.01, warmUp: 10, steps: 100 };

  test('rises linearly to its peak and falls along half a cosine', () => {
    expect(learningRate(schedule, 0)).toBeCloseTo(0.001, 6);
    expect(learningRate(schedule, 4)).toBeCloseTo(0.005, 4);
    expect(learningRate(schedule, 50)).toBeCloseTo(0.005, 10);
    expect(learningRate(schedule, 99)).toBeLessThan(1e-5);
    expect(learningRate(schedule, 99)).toBeGreaterThan(0);
  });

  test('rises by equal factors, from a thousandth of the peak, on a log scale', () => {
    const steady = { ...schedule, rise: 'log', fall: 'none' } as const;
    const factors = [0, 1, 5, 8].map(
      (step) => learningRate(steady, step + 1) / learningRate(steady, step),
    );
    for (const factor of factors) expect(factor).toBeCloseTo(1000 ** 0.1, 10);
    expect(learningRate(steady, 9)).toBe(0.01);
    expect(learningRate(steady, 0)).toBeCloseTo(1e-5 * 1000 ** 0.1, 12);
  });

  test('stays at its peak where it is not to fall', () => {
    expect(learningRate({ ...schedule, fall: 'none' }, 99)).toBe(0.01);
  });

  test('starts at the peak without a warm-up', () => {
    expect(learningRate({ ...schedule, warmUp: 0 }, 0)).toBe(0.01);
  });
});
