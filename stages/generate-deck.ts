import { z } from 'zod';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { deckOf } from '../src/study/deck/deck.ts';
import { writeDeck } from '../src/study/deck/table.ts';

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
