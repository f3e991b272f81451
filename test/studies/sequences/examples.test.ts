import { expect, test } from 'vitest';
import { drawBatch, isHeldOut, shapeOf } from '../../../src/studies/sequences/examples.ts';
import { TASKS } from '../../../src/studies/sequences/tasks.ts';
import { END, PAD, START } from '../../../src/studies/token-rows.ts';
import { examplesOf } from './examples-of.ts';

test('the decoder reads START and the target, and predicts the target and END', () => {
  const { source: S, target: T } = shapeOf('copy');
  const { source, previous, next } = drawBatch('copy', 'train', 8, 1, 0);
  for (let i = 0; i < 8; i++) {
    const real = (row: Int32Array, L: number) =>
      [...row.slice(i * L, i * L + L)].filter((id) => id !== PAD);
    const [read, said] = [real(previous, T), real(next, T)];
    expect(read[0]).toBe(START);
    expect(said).toEqual([...read.slice(1), END]);
    expect(real(source, S)).toEqual(said);
  }
});

test('no source is both trained on and held out', () => {
  for (const task of TASKS) {
    const parts = examplesOf(task, 400).map(isHeldOut);
    const share = parts.filter(Boolean).length / parts.length;
    expect(share).toBeGreaterThan(0.01);
    expect(share).toBeLessThan(0.15);
  }
  const sources = (part: 'train' | 'held-out') => {
    const { source } = drawBatch('polynomial', part, 200, 1, 0);
    const S = shapeOf('polynomial').source;
    return Array.from({ length: 200 }, (_, i) => source.slice(i * S, (i + 1) * S).join());
  };
  const heldOut = new Set(sources('held-out'));
  expect(sources('train').filter((source) => heldOut.has(source))).toEqual([]);
});

test('the same arguments give the same batch, another step another one', () => {
  expect(drawBatch('date', 'train', 4, 1, 7)).toEqual(drawBatch('date', 'train', 4, 1, 7));
  expect(drawBatch('date', 'train', 4, 1, 7)).not.toEqual(drawBatch('date', 'train', 4, 1, 8));
});
