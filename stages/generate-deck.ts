import { z } from 'zod';
import { deckOf } from '../src/deck/deck.ts';
import { defineStage } from '../src/pipeline/contract.ts';
import { writeDeck } from '../src/tables/deck.ts';

export default defineStage({
  params: z.strictObject({
    /** Number of keys: a power of `values`. */
    deck: z.int().min(2),
    /** Values per attribute. */
    values: z.int().min(2).default(3),
  }),
  inputs: {},
  outputs: { deck: 'deck.arrow' },
  run({ params, outputs }) {
    writeDeck(outputs.deck, deckOf(params.deck, params.values));
  },
});
