import { cardAttributes, cardOf, type Deck, keyAttributes, keyOf } from '../../study/deck/deck.ts';
import type { Pair, Query, Rules } from './query.ts';

const WILDCARD = 'x';
const OPERATORS = { union: 'or', symdiff: 'xor' } as const;

/**
 * A query as part of an address: cards as the digits of their attributes, `x` for a wildcard.
 * `01-x2.xor.22-00` are two pairs of a deck of two attributes; `00.12` lists two keys.
 */
export function linkOf(deck: Deck, query: Query): string {
  if (query.game === 'shatter') {
    return query.members.map((key) => keyAttributes(deck, key).join('')).join('.');
  }
  return query.pairs
    .map(({ operator, first, second }, i) => {
      const pair = `${cardText(deck, first)}-${cardText(deck, second)}`;
      return i === 0 ? pair : `${OPERATORS[operator]}.${pair}`;
    })
    .join('.');
}

/** The query of a text that `linkOf` wrote; undefined if it is no query of these rules. */
export function queryOfLink({ deck, game, pairs }: Rules, text: string): Query | undefined {
  const parts = text.split('.');
  if (game === 'shatter') {
    const members = parts.map((part) => keyOfText(deck, part));
    const known = members.flatMap((key) => key ?? []);
    const isQuery = known.length === parts.length && new Set(known).size === known.length;
    return isQuery ? { game, members: known } : undefined;
  }
  const read = Array.from({ length: pairs }, (_, i): Pair | undefined => {
    const operator = i === 0 ? 'union' : operatorOfText(parts[2 * i - 1]);
    const [first, second, ...rest] = (parts[2 * i] ?? '').split('-');
    const cards = [cardOfText(deck, first), cardOfText(deck, second)] as const;
    if (operator === undefined || cards[0] === undefined || cards[1] === undefined)
      return undefined;
    const isPlain = !first.includes(WILDCARD) && (game !== 'set' || !second.includes(WILDCARD));
    if (rest.length > 0 || !isPlain || (operator === 'symdiff' && game !== 'symdiff'))
      return undefined;
    return { operator, first: cards[0], second: cards[1] };
  });
  const known = read.flatMap((pair) => pair ?? []);
  return known.length === pairs && parts.length === 2 * pairs - 1
    ? { game, pairs: known }
    : undefined;
}

function cardText(deck: Deck, card: number): string {
  return cardAttributes(deck, card)
    .map((value) => (value === deck.values ? WILDCARD : value))
    .join('');
}

function cardOfText(deck: Deck, text: string | undefined): number | undefined {
  if (text?.length !== deck.attributes) return undefined;
  const values = [...text].map((digit) => (digit === WILDCARD ? deck.values : Number(digit)));
  const isCard = values.every((value) => Number.isInteger(value) && value <= deck.values);
  return isCard && !text.includes(String(deck.values)) ? cardOf(deck, values) : undefined;
}

function keyOfText(deck: Deck, text: string): number | undefined {
  const isKey = cardOfText(deck, text) !== undefined && !text.includes(WILDCARD);
  return isKey ? keyOf(deck, [...text].map(Number)) : undefined;
}

function operatorOfText(text: string | undefined) {
  if (text === OPERATORS.union) return 'union';
  return text === OPERATORS.symdiff ? 'symdiff' : undefined;
}
