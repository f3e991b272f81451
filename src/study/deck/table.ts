import { numbers } from '../../tables/column.ts';
import { readTable } from '../../tables/read.ts';
import { writeTable } from '../../tables/write.ts';
import { type Deck, deckOf, keyAttributes } from './deck.ts';

/** Writes a deck: one row per key, with its index and the value of each attribute. */
export function writeDeck(path: string, deck: Deck): void {
  const keys = Array.from({ length: deck.keys }, (_, key) => key);
  const attributes = Array.from({ length: deck.attributes }, (_, a) => [
    `attribute${a}`,
    numbers(
      'uint8',
      keys.map((key) => keyAttributes(deck, key)[a]),
    ),
  ]);
  writeTable(path, {
    metadata: { attributes: String(deck.attributes), values: String(deck.values) },
    columns: { key: numbers('uint16', keys), ...Object.fromEntries(attributes) },
  });
}

/** Reads what `writeDeck` wrote. */
export function readDeck(path: string): Deck {
  const table = readTable(path, 'generate-deck');
  return deckOf(table.numbers('key', 'uint16').length, Number(table.note('values')));
}
