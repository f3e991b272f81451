import type { Stream } from '../../random/stream.ts';
import { type Deck, plainCards } from '../deck/deck.ts';
import { maskSize } from '../deck/masks.ts';
import { pairTable, subcubes } from '../deck/subcubes.ts';
import { vocabulary } from '../deck/tokens.ts';
import { type PairGame, slotPosition, slotsOf } from './layout.ts';
import { acceptAnswer, type RowRange, type Weighting } from './rows.ts';

/** Lookup tables for drawing queries of pairs; they follow from the deck. */
interface PairTables {
  readonly deck: Deck;
  /** // [keys] */
  readonly plain: Uint16Array;
  /** Card whose subcube a (key, card) pair selects. // [keys, cards] */
  readonly selected: Uint16Array;
  /** // [cards, W] */
  readonly masks: Uint32Array;
  /** Every card once per key that it matches: a uniform draw is a card weighted by its answers. */
  readonly byAnswers: Uint16Array;
}

export function pairTables(deck: Deck): PairTables {
  const plain = plainCards(deck);
  const masks = subcubes(deck);
  const byAnswers = Array.from({ length: deck.cards }, (_, card) =>
    new Array<number>(maskSize(masks, card * deck.maskWords, deck.maskWords)).fill(card),
  );
  return {
    deck,
    plain,
    selected: pairTable(deck, plain),
    masks,
    byAnswers: Uint16Array.from(byAnswers.flat()),
  };
}

/**
 * Fills rows with queries of `pairs` pairs: first cards uniform over the plain cards, second cards
 * uniform over the plain cards (`set`) or all query cards (every other game: each attribute uniform
 * over its values and the wildcard), operators of `symdiff` uniform over the two. Where there is
 * room for more pairs, they take random slots, in order.
 */
export function fillPairRows(
  { queries, from, to }: RowRange,
  game: PairGame,
  pairs: number,
  weighting: Weighting,
  tables: PairTables,
  random: Stream,
): void {
  const { deck, plain, selected, masks, byAnswers } = tables;
  const { keys, cards, maskWords } = deck;
  const { tokens, keyMasks, sequenceLength } = queries;
  const { union, symdiff, start, end, pad } = vocabulary(deck);
  const slots = slotsOf(game, (sequenceLength - 1) / 3);
  // How many keys one pair selects depends on its second card alone: it is drawn with the weight of
  // its answers, so that no query has to be drawn and thrown away.
  const onePair = pairs === 1 && weighting === 'byAnswers';
  const mostKeys = game === 'set' || onePair ? 1 : keys;
  const first = new Uint16Array(pairs);
  const second = new Uint16Array(pairs);

  for (let row = from; row < to; row++) {
    const mask = row * maskWords;
    let operators = 0;
    do {
      operators = game === 'symdiff' ? random.u32() : 0;
      keyMasks.fill(0, mask, mask + maskWords);
      for (let i = 0; i < pairs; i++) {
        const key = random.below(keys);
        const card =
          game === 'set'
            ? plain[random.below(keys)]
            : onePair
              ? byAnswers[random.below(byAnswers.length)]
              : random.below(cards);
        first[i] = key;
        second[i] = card;
        const cube = selected[key * cards + card] * maskWords;
        const differ = i > 0 && ((operators >>> i) & 1) === 1;
        for (let w = 0; w < maskWords; w++) {
          if (differ) keyMasks[mask + w] ^= masks[cube + w];
          else keyMasks[mask + w] |= masks[cube + w];
        }
      }
    } while (!acceptAnswer(queries, row, weighting, mostKeys, random));

    const base = row * sequenceLength;
    tokens.fill(pad, base, base + sequenceLength);
    tokens[base] = start;
    tokens[base + sequenceLength - 1] = end;
    for (let slot = 0, i = 0; i < pairs; slot++) {
      // Selection sampling (Knuth, algorithm S): every choice of slots equally likely.
      if (slots > pairs && random.below(slots - slot) >= pairs - i) continue;
      const at = base + slotPosition(slot);
      if (i > 0) tokens[at - 1] = ((operators >>> i) & 1) === 1 ? symdiff : union;
      tokens[at] = plain[first[i]];
      tokens[at + 1] = second[i];
      i++;
    }
    queries.pairs[row] = pairs;
  }
}
