import type { Stream } from '../../random/stream.ts';
import { type Deck, plainCards } from '../deck/deck.ts';
import { maskSize, nthKey } from '../deck/masks.ts';
import { vocabulary } from '../deck/tokens.ts';
import { acceptAnswer, type RowRange, type Weighting } from './rows.ts';

/**
 * Fills rows with `shatter` queries: a subset uniform over the non-empty ones, its members listed
 * as plain cards in random order, then `end`, then padding.
 */
export function fillShatterRows(
  { queries, from, to }: RowRange,
  weighting: Weighting,
  deck: Deck,
  random: Stream,
): void {
  const { keys, maskWords } = deck;
  const { tokens, keyMasks, sequenceLength } = queries;
  const { start, end, pad } = vocabulary(deck);
  const plain = plainCards(deck);
  const lastWord = keys % 32 === 0 ? 0xffffffff : 2 ** (keys % 32) - 1;
  const members = new Uint16Array(keys);

  for (let row = from; row < to; row++) {
    const mask = row * maskWords;
    do {
      for (let w = 0; w < maskWords; w++) keyMasks[mask + w] = random.u32();
      keyMasks[mask + maskWords - 1] &= lastWord;
    } while (!acceptAnswer(queries, row, weighting, keys, random));

    const size = maskSize(keyMasks, mask, maskWords);
    for (let i = 0; i < size; i++) members[i] = plain[nthKey(keyMasks, mask, i)];
    random.shuffle(members, size);
    const base = row * sequenceLength;
    tokens[base] = start;
    for (let i = 0; i < size; i++) tokens[base + 1 + i] = members[i];
    tokens[base + 1 + size] = end;
    tokens.fill(pad, base + 2 + size, base + sequenceLength);
    queries.pairs[row] = size;
  }
}
