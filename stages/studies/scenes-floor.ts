import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { floorOf } from '../../src/studies/scenes/experiment.ts';
import { ASKED_PARAMS, WORLD_PARAMS } from '../../src/studies/scenes/params.ts';
import { QuerySource, testQueries } from '../../src/studies/scenes/queries.ts';
import { SCORE_TABLE } from '../../src/studies/scenes/tables.ts';
import { drawScenes } from '../../src/studies/scenes/world.ts';
import { writeRows } from '../../src/tables/records.ts';

/** The best that vectors of d numbers reach on the queries that trained models are asked. */
export default defineStage({
  params: z.strictObject({
    ...WORLD_PARAMS,
    ...ASKED_PARAMS,
    /** Numbers per vector. */
    sceneVector: z.int().min(1),
    restarts: z.int().min(1),
    steps: z.int().min(1),
    learningRate: z.number().positive(),
    seed: z.int().default(1),
  }),
  inputs: {},
  outputs: { scores: 'scores.arrow' },
  async run({ params, outputs, signal, progress }) {
    const { scenes, fewest, most, worldSeed, perLevel, sceneVector, ...search } = params;
    const world = drawScenes({ scenes, fewest, most, seed: worldSeed });
    const asked = testQueries(new QuerySource(world), perLevel, worldSeed);
    const rows = await floorOf(asked, scenes, sceneVector, {
      ...search,
      signal,
      onStep: (done) => progress({ done, total: search.steps, unit: 'step' }),
    });
    writeRows(outputs.scores, SCORE_TABLE, rows);
  },
});
