import type { NamedValues } from '../engine/index.ts';
import { batchOf, END, type SequenceShape, START, type TokenPair } from './token-rows.ts';

/** The best next token after every prefix. // source [B, S], previous [B, T] -> [B, T] */
export type NextTokens = (rows: NamedValues) => Promise<ArrayLike<number>>;

/**
 * Greedy answers, up to `END` or the longest target: each next token is the best after those before it.
 *
 * Token t depends on the tokens before it alone. So a row that a pass gives back unchanged is what greedy
 * decoding says: from any draft its first t tokens are right after t passes, and all of them after one if the
 * draft was. Drafts are the pairs' targets. A row that is done makes room for the next pair.
 *
 * @param size B: pairs of a pass
 */
export async function answerGreedily(
  nextTokens: NextTokens,
  pairs: readonly TokenPair[],
  shape: SequenceShape,
  size: number,
): Promise<readonly (readonly number[])[]> {
  const { source: S, target: T } = shape;
  const answers: (readonly number[])[] = [];
  const source = new Int32Array(size * S);
  const previous = new Int32Array(size * T);
  // Of each row, the pair it answers.
  const rows: (number | undefined)[] = Array.from({ length: size });
  let waiting = 0;
  const take = (row: number) => {
    rows[row] = waiting < pairs.length ? waiting++ : undefined;
    const pair = pairs[rows[row] ?? 0];
    const one = batchOf([pair], shape);
    source.set(one.source, row * S);
    previous.set(one.previous, row * T);
  };
  for (let row = 0; row < size; row++) take(row);
  while (rows.some((pair) => pair !== undefined)) {
    const next = await nextTokens({ source, previous });
    rows.forEach((pair, row) => {
      if (pair === undefined) return;
      const said = untilEnd(Array.from({ length: T }, (_, t) => next[row * T + t]));
      const draft = new Int32Array(T);
      draft.set([START, ...said].slice(0, T));
      if (draft.every((token, t) => token === previous[row * T + t])) {
        answers[pair] = said;
        take(row);
      } else {
        previous.set(draft, row * T);
      }
    });
  }
  return answers;
}

function untilEnd(row: readonly number[]): readonly number[] {
  const end = row.indexOf(END);
  return end < 0 ? row : row.slice(0, end);
}
