import type { Joint } from './joints.ts';

/**
 * How often one word follows another, made up to make a point: after "new", "york" is half as frequent
 * as "house", but "york" follows nothing else, so its ratio p(x, y) / (p(x) p(y)) is the largest.
 */
const COUNTS = {
  first: ['new', 'old', 'the'],
  second: ['york', 'house', 'car', 'day'],
  counts: [
    [20, 40, 30, 10],
    [0, 60, 30, 10],
    [0, 300, 250, 250],
  ],
} as const;

/** The word pairs as a joint distribution. */
export function newYork(): Joint {
  const { first, second, counts } = COUNTS;
  const total = counts.flat().reduce((sum: number, count) => sum + count, 0);
  return {
    name: 'new york',
    x: 'word',
    y: 'next word',
    rows: first,
    columns: second,
    p: Float64Array.from(counts.flat(), (count) => count / total),
  };
}
