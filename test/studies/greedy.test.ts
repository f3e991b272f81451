import { expect, test } from 'vitest';
import { answerGreedily, type NextTokens } from '../../src/studies/greedy.ts';
import { END, START } from '../../src/studies/token-rows.ts';
import { fc } from '../properties.ts';

const SHAPE = { tokens: 12, source: 4, target: 6 };

/** A made-up model: the next token depends on the source and on everything said before. */
function nextAfter(source: readonly number[], before: readonly number[]): number {
  const sum = [...source, ...before].reduce((total, token, i) => total + token * (i + 3), 0);
  return sum % 4 === 0 ? END : 3 + (sum % 9);
}

const nextTokens: NextTokens = async ({ source, previous }) => {
  const { source: S, target: T } = SHAPE;
  return Array.from(previous, (_, at) => {
    const row = Math.floor(at / T);
    const read = Array.from(source.slice(row * S, (row + 1) * S));
    return nextAfter(read, Array.from(previous.slice(row * T, at + 1)));
  });
};

/** One token after another. */
function oneByOne(source: readonly number[]): readonly number[] {
  const read = [...source, END, 0, 0, 0].slice(0, SHAPE.source);
  const said: number[] = [];
  while (said.length < SHAPE.target) {
    const next = nextAfter(read, [START, ...said]);
    if (next === END) break;
    said.push(next);
  }
  return said;
}

test('drafts of whatever kind become what greedy decoding says, in any number at a time', async () => {
  const token = fc.integer({ min: 3, max: 11 });
  const pair = fc.record({
    source: fc.array(token, { minLength: 1, maxLength: 3 }),
    target: fc.array(token, { maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(pair, { minLength: 1, maxLength: 7 }),
      fc.integer({ min: 1, max: 4 }),
      async (pairs, size) => {
        expect(await answerGreedily(nextTokens, pairs, SHAPE, size)).toEqual(
          pairs.map(({ source }) => oneByOne(source)),
        );
      },
    ),
  );
});

test('a draft that is right takes one pass', async () => {
  const sources = Array.from({ length: 9 }, (_, i) => [3 + i]);
  const ended = sources.filter((source) => oneByOne(source).length < SHAPE.target);
  expect(ended.length).toBeGreaterThan(2);
  let passes = 0;
  const counted: NextTokens = (rows) => {
    passes++;
    return nextTokens(rows);
  };
  const pairs = ended.map((source) => ({ source, target: oneByOne(source) }));
  await answerGreedily(counted, pairs, SHAPE, 1);
  expect(passes).toBe(pairs.length);
});
