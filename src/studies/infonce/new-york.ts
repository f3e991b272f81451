/**
 * How often one word follows another, made up to make a point: after "new", "york" is half as frequent
 * as "house", but "york" follows nothing else, so its ratio p(x, y) / (p(x) p(y)) is the largest.
 */
export const WORD_PAIRS = {
  words: ['new', 'old', 'the'],
  nextWords: ['york', 'house', 'car', 'day'],
  counts: [
    [20, 40, 30, 10],
    [0, 60, 30, 10],
    [0, 300, 250, 250],
  ],
} as const;
