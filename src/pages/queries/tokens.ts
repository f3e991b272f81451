import { type Deck, plainCards } from '../../study/deck/deck.ts';
import { vocabulary } from '../../study/deck/tokens.ts';
import { slotPosition } from '../../study/games/layout.ts';
import type { Game } from '../../study/games/query-set.ts';
import type { Pair, Query } from './query.ts';

/** The tokens that models read; as many for every query of a game. // [T] */
export function tokensOf(deck: Deck, query: Query): Int32Array {
  const { union, symdiff, start, end, pad } = vocabulary(deck);
  if (query.game === 'shatter') {
    const plain = plainCards(deck);
    const listed = [start, ...query.members.map((key) => plain[key]), end];
    return Int32Array.from({ length: deck.keys + 2 }, (_, t) => listed[t] ?? pad);
  }
  const pairs = query.pairs.flatMap(({ operator, first, second }, i) => [
    ...(i === 0 ? [] : [operator === 'symdiff' ? symdiff : union]),
    first,
    second,
  ]);
  return Int32Array.of(start, ...pairs, end);
}

/** The query of some tokens: the inverse of `tokensOf`. */
export function queryOf(deck: Deck, game: Game, tokens: ArrayLike<number>): Query {
  const { symdiff, end } = vocabulary(deck);
  if (game === 'shatter') {
    const listed = Array.from(tokens).slice(1, Array.from(tokens).indexOf(end));
    const keys = new Map([...plainCards(deck)].map((card, key) => [card, key]));
    return { game, members: listed.flatMap((card) => keys.get(card) ?? []) };
  }
  const count = (tokens.length - 1) / 3;
  const pairs = Array.from({ length: count }, (_, slot): Pair => {
    const at = slotPosition(slot);
    return {
      operator: tokens[at - 1] === symdiff ? 'symdiff' : 'union',
      first: tokens[at],
      second: tokens[at + 1],
    };
  });
  return { game, pairs };
}
