import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { encoderRung } from '../../src/studies/ladder/experiment.ts';
import { RUNG_TABLE, type RungRow } from '../../src/studies/ladder/tables.ts';
import { deckOf } from '../../src/study/deck/deck.ts';
import { ENCODER } from '../../src/study/models/encoder-params.ts';
import { trainingBackend } from '../../src/study/training/backend.ts';
import { writeRows } from '../../src/tables/records.ts';

/** What an encoder with vectors of d numbers reaches, trained on every subset of the keys and on half of them. */
export default defineStage({
  params: z.strictObject({
    cards: z.int().min(2).max(12),
    d: z.int().min(1),
    seeds: z.array(z.int()).min(2),
    encoder: ENCODER,
    steps: z.int().min(1),
    batch: z.int().min(1),
    learningRate: z.number().positive(),
    warmUp: z.int().min(0),
    keyScale: z.number().positive(),
    backend: trainingBackend,
  }),
  inputs: {},
  outputs: { rungs: 'rungs.arrow' },
  async run({ params: { cards, seeds, ...settings }, outputs, signal, progress }) {
    const deck = deckOf(cards);
    const tasks = seeds.flatMap((seed) => [
      { seed, rung: 'encoder' as const },
      { seed, rung: 'half' as const },
    ]);
    const rows: RungRow[] = [];
    for (const [done, { seed, rung }] of tasks.entries()) {
      progress({ done, total: tasks.length, unit: 'training' });
      rows.push(await encoderRung(deck, rung, { ...settings, seed }, signal));
    }
    writeRows(outputs.rungs, RUNG_TABLE, rows);
  },
});
