import type { PairGame } from '../../src/studies/pair-matrix.ts';

/** The matrix M of a game, keys x queries, written out from its rules on texts of digits. */
export function matrixByWords(game: PairGame, attributes: number, values: number): number[][] {
  const cards = Array.from({ length: values ** attributes }, (_, i) =>
    i.toString(values).padStart(attributes, '0').split('').map(Number),
  );
  const pairs = cards.flatMap((a, i) => cards.slice(i + 1).map((b) => [a, b]));
  const matches = ([a, b]: number[][], key: number[]) =>
    game === 'shared'
      ? key.some((value, i) => value === a[i] && value === b[i])
      : key.every(
          (value, i) => (value + a[i] + b[i]) % 3 === 0 || new Set([value, a[i], b[i]]).size === 1,
        );
  return cards.map((key) => pairs.map((pair) => (matches(pair, key) ? 1 : 0)));
}
