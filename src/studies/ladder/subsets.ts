import { stream } from '../../random/streams.ts';
import { type Deck, plainCards } from '../../study/deck/deck.ts';
import { vocabulary } from '../../study/deck/tokens.ts';
import type { AnswerSets } from '../../study/floor/answer-sets.ts';
import type { QuerySet } from '../../study/games/query-set.ts';
import { emptyQueries } from '../../study/games/rows.ts';

/** Every non-empty subset of the deck's keys as a bit mask, ascending: 2^K - 1 of them. */
export function allSubsets({ keys }: Deck): readonly number[] {
  return Array.from({ length: 2 ** keys - 1 }, (_, i) => i + 1);
}

/** The subsets in two halves, drawn at random; the first has one more where their number is odd. */
export function halves(
  subsets: readonly number[],
  seed: number,
): readonly [readonly number[], readonly number[]] {
  const order = Uint16Array.from(subsets);
  stream(seed, 'ladder', 'halves').shuffle(order, order.length);
  const middle = Math.ceil(order.length / 2);
  const sorted = (part: Uint16Array) => Array.from(part).sort((a, b) => a - b);
  return [sorted(order.subarray(0, middle)), sorted(order.subarray(middle))];
}

/** The subsets as answer sets, each equally likely. */
export function answersOf(subsets: readonly number[], { keys }: Deck): AnswerSets {
  const isTrue = Uint8Array.from(
    { length: subsets.length * keys },
    (_, i) => (subsets[Math.floor(i / keys)] >>> (i % keys)) & 1,
  );
  const shares = new Float64Array(subsets.length).fill(1 / subsets.length);
  return { count: subsets.length, keys, isTrue, shares };
}

/** The subsets as queries of `shatter`: their members in the deck's order. */
export function queriesOf(subsets: readonly number[], deck: Deck): QuerySet {
  const queries = emptyQueries(deck, 'shatter', 1, subsets.length);
  const { start, end, pad } = vocabulary(deck);
  const plain = plainCards(deck);
  queries.tokens.fill(pad);
  subsets.forEach((mask, row) => {
    const members = Array.from(plain).filter((_, key) => ((mask >>> key) & 1) === 1);
    queries.tokens.set([start, ...members, end], row * queries.sequenceLength);
    queries.keyMasks[row * queries.maskWords] = mask;
    queries.pairs[row] = members.length;
  });
  return queries;
}
