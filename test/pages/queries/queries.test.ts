import { describe, expect, test } from 'vitest';
import { drawQuery } from '../../../src/pages/queries/draw.ts';
import { linkOf, queryOfLink } from '../../../src/pages/queries/link.ts';
import { type Query, type Rules, trueKeysOf } from '../../../src/pages/queries/query.ts';
import { queryOf, tokensOf } from '../../../src/pages/queries/tokens.ts';
import { Stream } from '../../../src/random/stream.ts';
import { stream } from '../../../src/random/streams.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { slotsOf } from '../../../src/study/games/layout.ts';
import { GAMES, type Game } from '../../../src/study/games/query-set.ts';
import { testQueries } from '../../../src/study/games/sampling.ts';
import { trueKeys } from '../../../src/study/games/true-keys.ts';

const COUNT = 40;
const CASES = [9, 27, 81].flatMap((cards) => GAMES.map((game) => ({ cards, game })));

function rulesOf(cards: number, game: Game): Rules {
  return { deck: deckOf(cards), game, pairs: game === 'shatter' ? 0 : slotsOf(game, 5) };
}

function drawn(rules: Rules): readonly Query[] {
  const random = stream(4, 'test', rules.deck.keys, rules.game);
  return Array.from({ length: COUNT }, () => drawQuery(rules, random));
}

describe('queries made by hand', () => {
  test.each(CASES)(
    'of $cards cards, $game, have the true keys and tokens of the test queries',
    ({ cards, game }) => {
      const deck = deckOf(cards);
      const stored = testQueries({ deck, game, pairs: 5, count: COUNT, seed: 2 });
      const answers = trueKeys(stored, cards);
      const T = stored.sequenceLength;
      for (let row = 0; row < COUNT; row++) {
        const tokens = stored.tokens.subarray(row * T, (row + 1) * T);
        const query = queryOf(deck, game, tokens);
        expect([...tokensOf(deck, query)]).toEqual([...tokens]);
        expect([...trueKeysOf(deck, query)]).toEqual([
          ...answers.subarray(row * cards, (row + 1) * cards),
        ]);
      }
    },
  );

  test.each(CASES)('of $cards cards, $game, drawn as the test queries are', ({ cards, game }) => {
    const rules = rulesOf(cards, game);
    const length = rules.pairs;
    const random = () =>
      stream(2, 'queries', cards, 3, game, 'test', game === 'shatter' ? 1 : length);
    const [query] = [drawQuery(rules, random())];
    const stored = testQueries({ deck: rules.deck, game, pairs: 5, count: 1, seed: 2 });
    expect(query).toEqual(queryOf(rules.deck, game, stored.tokens));
    expect(random()).toBeInstanceOf(Stream);
  });

  test.each(CASES)(
    'of $cards cards, $game, survive their way through a link',
    ({ cards, game }) => {
      const rules = rulesOf(cards, game);
      for (const query of drawn(rules)) {
        const first = query.game === 'shatter' ? query : withoutFirstOperator(query);
        expect(queryOfLink(rules, linkOf(rules.deck, query))).toEqual(first);
      }
    },
  );

  test('join pairs from left to right', () => {
    const deck = deckOf(9);
    const rules: Rules = { deck, game: 'symdiff', pairs: 3 };
    const keysOf = (link: string) => {
      const query = queryOfLink(rules, link);
      if (query === undefined) throw new Error(`${link} is no query`);
      return [...trueKeysOf(deck, query).entries()].flatMap(([key, bit]) => (bit ? key : []));
    };
    // Two different values give the third, two equal ones the same, and x every value.
    expect(keysOf('01-11.or.00-00.or.00-00')).toEqual([0, 7]);
    expect(keysOf('00-0x.xor.00-00.or.22-22')).toEqual([1, 2, 8]);
    expect(keysOf('00-0x.or.22-22.xor.00-00')).toEqual([1, 2, 8]);
    expect(keysOf('00-00.xor.00-0x.or.00-00')).toEqual([0, 1, 2]);
  });

  test.each([
    ['set', 'two pairs', '00-11.or.22-22'],
    ['set', 'a wildcard', '00-1x'],
    ['star', 'a wildcard on the first card', '0x-11'],
    ['star', 'a third card', '00-11-22'],
    ['star', 'a value too many', '00-13'],
    ['star', 'an attribute too many', '000-111'],
    ['star', 'nothing', ''],
    ['union', 'another operator', '00-11.xor.22-22.or.00-00.or.00-00.or.00-00'],
    ['union', 'a pair too few', '00-11.or.22-22'],
    ['shatter', 'the same key twice', '00.11.00'],
    ['shatter', 'a wildcard', '00.1x'],
    ['shatter', 'nothing', ''],
  ] as const)('a link of %s with %s is no query', (game, _, link) => {
    expect(queryOfLink(rulesOf(9, game), link)).toBeUndefined();
  });
});

function withoutFirstOperator(query: Extract<Query, { pairs: unknown }>): Query {
  return {
    game: query.game,
    pairs: query.pairs.map((pair, i) => (i === 0 ? { ...pair, operator: 'union' } : pair)),
  };
}
