import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { learnTable, tableTasks } from '../../src/studies/infonce/experiment.ts';
import { SCORE_TABLE, type ScoreRow } from '../../src/studies/infonce/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Trains tables of scores on every data set with every objective. */
export default defineStage({
  params: z.strictObject({
    steps: z.int().min(1),
    /** Pairs per batch of InfoNCE. */
    batch: z.int().min(2),
    learningRate: z.number().positive(),
    seeds: z.array(z.int()).min(2),
  }),
  inputs: {},
  outputs: { scores: 'scores.arrow' },
  async run({ params, outputs, signal, progress }) {
    const tasks = tableTasks(params.seeds);
    const rows: ScoreRow[] = [];
    for (const [done, task] of tasks.entries()) {
      progress({ done, total: tasks.length, unit: 'table' });
      rows.push(...(await learnTable(task, params, signal)));
    }
    writeRows(outputs.scores, SCORE_TABLE, rows);
  },
});
