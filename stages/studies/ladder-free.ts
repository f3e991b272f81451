import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { freeRungs } from '../../src/studies/ladder/experiment.ts';
import { RUNG_TABLE } from '../../src/studies/ladder/tables.ts';
import { deckOf } from '../../src/study/deck/deck.ts';
import { writeRows } from '../../src/tables/records.ts';

/** What free vectors of d numbers reach on every subset of the keys, by objective. */
export default defineStage({
  params: z.strictObject({
    cards: z.int().min(2).max(12),
    d: z.int().min(1),
    seeds: z.array(z.int()).min(2),
    /** Further starts with cross-entropy, for the optimum. */
    restarts: z.int().min(0),
    steps: z.int().min(1),
    learningRate: z.number().positive(),
  }),
  inputs: {},
  outputs: { rungs: 'rungs.arrow' },
  async run({ params: { cards, ...settings }, outputs, signal, progress }) {
    const rows = await freeRungs(deckOf(cards), settings, {
      signal,
      onStep: (done) => progress({ done, total: settings.steps, unit: 'step' }),
    });
    writeRows(outputs.rungs, RUNG_TABLE, rows);
  },
});
