import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { answerQueries } from '../../src/studies/scenes/experiment.ts';
import { ASKED_PARAMS, WORLD_PARAMS } from '../../src/studies/scenes/params.ts';
import { QuerySource, testQueries } from '../../src/studies/scenes/queries.ts';
import { SCORE_TABLE } from '../../src/studies/scenes/tables.ts';
import { drawScenes } from '../../src/studies/scenes/world.ts';
import { trainingBackend } from '../../src/study/training/backend.ts';
import { writeRows } from '../../src/tables/records.ts';

/** How well one trained model answers queries of every level. */
export default defineStage({
  params: z.strictObject({
    ...WORLD_PARAMS,
    ...ASKED_PARAMS,
    /** Numbers per vector; 0 for the model of half the size, which has none. */
    sceneVector: z.int().min(0),
    encoder: z.strictObject({
      layers: z.int().min(1),
      width: z.int().min(1),
      heads: z.int().min(1),
      feedForward: z.int().min(1),
    }),
    batch: z.int().min(1),
    steps: z.int().min(1),
    learningRate: z.number().positive(),
    warmUp: z.int().min(0),
    seed: z.int(),
    backend: trainingBackend,
  }),
  inputs: {},
  outputs: { scores: 'scores.arrow' },
  async run({ params, outputs, signal, progress }) {
    const { scenes, fewest, most, worldSeed, perLevel, sceneVector, steps, ...training } = params;
    const { encoder, batch, learningRate, warmUp, seed, backend } = training;
    const world = drawScenes({ scenes, fewest, most, seed: worldSeed });
    const asked = testQueries(new QuerySource(world), perLevel, worldSeed);
    const schedule = { peak: learningRate, warmUp, steps };
    const rows = await answerQueries(
      world,
      asked,
      { d: sceneVector, encoder, batch, schedule, seed, backend },
      {
        signal,
        onStep: ({ step, loss }) =>
          progress({ done: step, total: steps, unit: 'step', values: { loss } }),
      },
    );
    writeRows(outputs.scores, SCORE_TABLE, rows);
  },
});
