import { describe, expect, test } from 'vitest';
import { cardAttributes, type Deck, deckOf, keyAttributes } from '../../../src/study/deck/deck.ts';
import { GAMES, type QuerySet } from '../../../src/study/games/query-set.ts';
import {
  testQueries,
  trainingQueries,
  validationQueries,
} from '../../../src/study/games/sampling.ts';
import { maskKeys } from '../mask-keys.ts';

/**
 * Answers a query from its tokens and the rules of the game, key by key, sharing nothing with the
 * sampler but the meaning of a card's index. Token ids are written out here once more.
 */
function naiveAnswer(deck: Deck, game: string, tokens: readonly number[]): readonly number[] {
  const [union, symdiff, start, end, pad] = [0, 1, 2, 3, 4].map((i) => deck.cards + i);
  expect(tokens[0]).toBe(start);
  expect(tokens.filter((token) => token === end)).toHaveLength(1);
  expect(tokens.every((token) => token <= pad)).toBe(true);
  const wild = deck.values;
  const matches = (key: number, first: number, second: number) =>
    keyAttributes(deck, key).every((value, i) => {
      const x = cardAttributes(deck, first)[i];
      const y = cardAttributes(deck, second)[i];
      if (x === wild || y === wild) return true;
      return x === y ? value === x : value !== x && value !== y;
    });
  const body = tokens.slice(1, tokens.indexOf(end)).filter((token) => token !== pad);
  const all = Array.from({ length: deck.keys }, (_, key) => key);
  if (game === 'shatter') {
    expect(new Set(body).size).toBe(body.length);
    return all.filter((key) => body.some((card) => matches(key, card, card)));
  }
  let answer = all.filter((key) => matches(key, body[0], body[1]));
  for (let at = 2; at < body.length; at += 3) {
    const operator = body[at];
    expect([union, symdiff]).toContain(operator);
    const selected = all.filter((key) => matches(key, body[at + 1], body[at + 2]));
    const both = operator === union;
    answer = all.filter((key) =>
      answer.includes(key) && selected.includes(key)
        ? both
        : answer.includes(key) || selected.includes(key),
    );
  }
  return answer;
}

function row(queries: QuerySet, at: number) {
  const { sequenceLength, tokens, keyMasks, maskWords } = queries;
  return {
    tokens: [...tokens.subarray(at * sequenceLength, (at + 1) * sequenceLength)],
    answer: maskKeys(keyMasks, at * maskWords, maskWords),
    key: queries.keys[at],
    pairs: queries.pairs[at],
  };
}

function rowsOf(queries: QuerySet) {
  return Array.from({ length: queries.count }, (_, at) => row(queries, at));
}

function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  return counts.reduce((sum, n, i) => sum + (n - expected[i]) ** 2 / expected[i], 0);
}

/** The 0.1 % point of the chi-square distribution (Wilson and Hilferty). */
function bound(degrees: number): number {
  const a = 2 / (9 * degrees);
  return degrees * (1 - a + 3.09 * Math.sqrt(a)) ** 3;
}

const request = { deck: deckOf(27), pairs: 5, count: 300, seed: 1 };

describe.each(GAMES)('queries of %s', (game) => {
  test.each([9, 27, 81])('on %i keys answer what their tokens say', (keys) => {
    const deck = deckOf(keys);
    for (const draw of [trainingQueries, testQueries]) {
      for (const { tokens, answer, key } of rowsOf(draw({ ...request, deck, game, count: 150 }))) {
        expect(naiveAnswer(deck, game, tokens)).toEqual(answer);
        expect(answer).toContain(key);
      }
    }
  });

  test('follow from the seed alone', () => {
    expect(testQueries({ ...request, game })).toEqual(testQueries({ ...request, game }));
    const other = testQueries({ ...request, game, seed: 2 });
    expect(other.tokens).not.toEqual(testQueries({ ...request, game }).tokens);
  });

  test('are drawn anew for training', () => {
    const train = trainingQueries({ ...request, game });
    const test = testQueries({ ...request, game });
    const from = train.count - 60;
    const same = Array.from({ length: 60 }, (_, i) => i).filter(
      (i) => String(row(train, from + i).tokens) === String(row(test, i).tokens),
    );
    expect(same.length).toBeLessThan(5);
  });

  test('start with the same rows when more of them are asked for', () => {
    const few = testQueries({ ...request, game });
    const more = testQueries({ ...request, game, count: 500 });
    expect(more.tokens.subarray(0, few.tokens.length)).toEqual(few.tokens);
  });
});

describe('the layout of a query', () => {
  test('keeps shorter training queries at random slots, in equal shares by length', () => {
    for (const game of ['union', 'symdiff'] as const) {
      const queries = rowsOf(trainingQueries({ ...request, game, count: 1003 }));
      const pairs = queries.map((query) => query.pairs);
      expect(pairs).toEqual([...pairs].sort());
      expect([1, 2, 3, 4, 5].map((n) => pairs.filter((p) => p === n).length)).toEqual([
        200, 200, 200, 200, 203,
      ]);
      const pad = 68;
      const slotsUsed = new Set<string>();
      for (const { tokens, pairs: n } of queries) {
        const used = [0, 1, 2, 3, 4].filter((slot) => tokens[1 + 3 * slot] !== pad);
        expect(used).toHaveLength(n);
        expect(tokens.filter((token) => token === pad)).toHaveLength(3 * (5 - n));
        if (n === 2) slotsUsed.add(String(used));
      }
      expect(slotsUsed.size).toBe(10);
    }
  });

  test('uses both operators equally in symdiff and only union in union', () => {
    const operators = (game: 'union' | 'symdiff') =>
      rowsOf(testQueries({ ...request, game, count: 2000 })).flatMap(({ tokens }) =>
        [3, 6, 9, 12].map((at) => tokens[at]),
      );
    expect(new Set(operators('union'))).toEqual(new Set([64]));
    const drawn = operators('symdiff');
    const unions = drawn.filter((token) => token === 64).length;
    expect(Math.abs(unions / drawn.length - 0.5)).toBeLessThan(0.03);
  });

  test('refuses numbers of pairs and keys that do not fit it', () => {
    expect(() => testQueries({ ...request, game: 'union', pairs: 33 })).toThrow('33 pairs');
    expect(() => testQueries({ ...request, game: 'star', deck: deckOf(729) })).toThrow('729 keys');
  });
});

describe('the distribution of queries', () => {
  // Every (first card, second card, key) of a game on nine keys, and how often each is drawn.
  const deck = deckOf(9);
  const count = 120_000;
  const pairCounts = (queries: QuerySet) => {
    const counts = new Map<string, number>();
    for (const { tokens, key } of rowsOf(queries)) {
      const name = `${tokens[1]} ${tokens[2]} ${key}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  };
  const plain = Array.from({ length: 16 }, (_, card) => card).filter(
    (card) => !cardAttributes(deck, card).includes(3),
  );
  const matching = (seconds: readonly number[]) =>
    plain.flatMap((first) =>
      seconds.flatMap((second) => {
        const { cards } = deck;
        const keys = naiveAnswer(deck, 'star', [cards + 2, first, second, cards + 3]);
        return keys.map((key) => ({ name: `${first} ${second} ${key}`, keys: keys.length }));
      }),
    );

  test.each([
    ['set', plain],
    ['star', Array.from({ length: 16 }, (_, card) => card)],
  ] as const)('of %s in training is uniform over the matching pairs', (game, seconds) => {
    const counts = pairCounts(trainingQueries({ deck, game, pairs: 1, count, seed: 7 }));
    const pairs = matching(seconds);
    expect(counts.size).toBe(pairs.length);
    const expected = pairs.map(() => count / pairs.length);
    expect(
      chiSquare(
        pairs.map(({ name }) => counts.get(name) ?? 0),
        expected,
      ),
    ).toBeLessThan(bound(pairs.length - 1));
  });

  test('of star in testing is uniform over the queries, then over their keys', () => {
    const counts = pairCounts(testQueries({ deck, game: 'star', pairs: 1, count, seed: 7 }));
    const pairs = matching(Array.from({ length: 16 }, (_, card) => card));
    const expected = pairs.map(({ keys }) => count / (plain.length * 16 * keys));
    expect(
      chiSquare(
        pairs.map(({ name }) => counts.get(name) ?? 0),
        expected,
      ),
    ).toBeLessThan(bound(pairs.length - 1));
  });

  test('of unions of two in training is uniform over the matching pairs', () => {
    // By answer set and key: its exact weight is its number of queries, whatever the set's size.
    const all = Array.from({ length: 16 }, (_, card) => card);
    const single = plain.flatMap((first) =>
      all.map((second) =>
        naiveAnswer(deck, 'star', [deck.cards + 2, first, second, deck.cards + 3]),
      ),
    );
    const weights = new Map<string, number>();
    const masks = single.map((keys) => keys.reduce((mask, key) => mask | (1 << key), 0));
    for (const a of masks) {
      for (const b of masks) {
        for (let key = 0; key < 9; key++) {
          if ((((a | b) >> key) & 1) === 1) {
            const name = `${a | b} ${key}`;
            weights.set(name, (weights.get(name) ?? 0) + 1);
          }
        }
      }
    }
    const queries = trainingQueries({ deck, game: 'union', pairs: 2, count: 2 * count, seed: 8 });
    const counts = new Map<string, number>();
    for (const { answer, key } of rowsOf(queries).slice(count)) {
      const mask = answer.reduce((bits, k) => bits | (1 << k), 0);
      counts.set(`${mask} ${key}`, (counts.get(`${mask} ${key}`) ?? 0) + 1);
    }
    const names = [...weights.keys()];
    const total = [...weights.values()].reduce((sum, n) => sum + n, 0);
    const expected = names.map((name) => ((weights.get(name) ?? 0) / total) * count);
    expect(
      chiSquare(
        names.map((name) => counts.get(name) ?? 0),
        expected,
      ),
    ).toBeLessThan(bound(names.length - 1));
  });

  test('of shatter is uniform over the non-empty subsets, in training weighted by their size', () => {
    const sizes = (queries: QuerySet) => {
      const counts = new Array<number>(10).fill(0);
      for (const { answer } of rowsOf(queries)) counts[answer.length]++;
      return counts.slice(1);
    };
    const choose = [9, 36, 84, 126, 126, 84, 36, 9, 1];
    const options = { deck, game: 'shatter', pairs: 1, count: 20_000, seed: 9 } as const;
    const uniform = choose.map((n) => (n / 511) * 20_000);
    expect(chiSquare(sizes(testQueries(options)), uniform)).toBeLessThan(bound(8));
    const weighted = choose.map((n, i) => ((n * (i + 1)) / (9 * 256)) * 20_000);
    expect(chiSquare(sizes(trainingQueries(options)), weighted)).toBeLessThan(bound(8));
  });
});

test('queries to choose a recipe by are none of those that it is tested with', () => {
  const request = { deck: deckOf(27), game: 'shatter', pairs: 1, count: 500, seed: 1 } as const;
  const masks = (queries: QuerySet) => new Set(queries.keyMasks);
  const [tests, validation] = [masks(testQueries(request)), masks(validationQueries(request))];
  expect([...validation].filter((mask) => tests.has(mask))).toEqual([]);
});
