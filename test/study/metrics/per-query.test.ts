import { expect, test } from 'vitest';
import { queryMetrics } from '../../../src/study/metrics/per-query.ts';

// p = (1/2, 1/4, 1/8, 1/8)
const SCORES = [3, 2, 1, 1].map((power) => power * Math.LN2);

test('aggregates collect the metrics of each query', () => {
  const scores = Float32Array.from([...SCORES, 0, 0, 0, 0]);
  const isTrue = Uint8Array.from([1, 1, 0, 0, 1, 0, 0, 0]);
  const { trueKeys, kl, overlap, falseMass: mass } = queryMetrics(scores, isTrue, 2, 4);
  expect([...trueKeys]).toEqual([2, 1]);
  expect(kl[0]).toBeCloseTo(0.5 * Math.LN2, 6);
  expect(kl[1]).toBeCloseTo(Math.log(4), 12);
  expect([...overlap]).toEqual([1, 0.25]);
  expect(mass[1]).toBeCloseTo(0.75, 12);
});
