import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { compareDimensions } from '../../src/studies/low-rank/experiment.ts';
import { LOW_RANK_TABLE } from '../../src/studies/low-rank/tables.ts';
import { UNROLLED } from '../../src/studies/low-rank/training.ts';
import { deckOf } from '../../src/study/deck/deck.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Embeddings of dimension d trained on the query-key matrix of a deck, for d up to its rank. */
export default defineStage({
  params: z.strictObject({
    attributes: z.int().min(2),
    values: z.int().min(2),
    /** Dimensions above the rank are skipped; the rank itself is always tried. */
    dims: z.array(z.int().min(1)),
    steps: z.int().min(UNROLLED).multipleOf(UNROLLED),
    learningRate: z.number().positive(),
    seeds: z.array(z.int()).min(1),
  }),
  inputs: {},
  outputs: { accuracy: 'accuracy.arrow' },
  async run({ params: { attributes, values, ...settings }, outputs, signal, progress }) {
    const deck = deckOf(values ** attributes, values);
    const rows = await compareDimensions(deck, settings, (done, total) => {
      signal.throwIfAborted();
      progress({ done, total, unit: 'dimension' });
    });
    writeRows(outputs.accuracy, LOW_RANK_TABLE, rows);
  },
});
