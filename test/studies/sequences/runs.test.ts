import { expect, test } from 'vitest';
import { finalMatch, readRuns, resultOf } from '../../../src/studies/sequences/runs.ts';

const point = (step: number, exactMatch: number) => ({ step, loss: 1, exactMatch });
const RUN = { task: 'copy', variant: 'base', seed: 1 } as const;

test('a result is the end of a training and its first step with exact match 0.9', () => {
  const points = [point(100, 0.5), point(200, 0.95), point(300, 0.85)];
  const result = { ...RUN, steps: 300, exactMatch: 0.85 };
  expect(resultOf({ ...RUN, points })).toEqual({ ...result, stepsTo90: 200 });
  expect(resultOf({ ...RUN, points: [points[0], points[2]] })).toEqual(result);
  expect(finalMatch({ ...RUN, points: [] })).toBeNaN();
});

test('an artifact of an unknown task or variant is an error', () => {
  const axes = { task: 'copy', variant: 'upside-down', seed: 1 };
  expect(() => readRuns([{ path: 'curve.arrow', axes }])).toThrow(
    "no task 'copy' with variant 'upside-down'",
  );
});
