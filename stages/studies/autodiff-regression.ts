import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { compareTrainings } from '../../src/studies/autodiff/experiment.ts';
import { checkGradients } from '../../src/studies/autodiff/gradient-check.ts';
import { MIDDLE_PARAM } from '../../src/studies/autodiff/params.ts';
import { CHECK_TABLE, POINT_TABLE, STEP_TABLE } from '../../src/studies/autodiff/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Gradients written by hand, checked by differences, and in a training beside the engine's. */
export default defineStage({
  params: z.strictObject({
    /** Step sizes of differences. */
    epsilons: z.array(z.number().positive()).min(2),
    points: z.int().min(1),
    middle: MIDDLE_PARAM,
    steps: z.int().min(1),
    batch: z.int().min(1),
    learningRate: z.number().positive(),
    seed: z.int().default(1),
  }),
  inputs: {},
  outputs: { checks: 'checks.arrow', steps: 'steps.arrow', points: 'points.arrow' },
  async run({ params: { epsilons, ...settings }, outputs }) {
    writeRows(outputs.checks, CHECK_TABLE, checkGradients(epsilons, settings.seed));
    const { steps, points } = await compareTrainings(settings);
    writeRows(outputs.steps, STEP_TABLE, steps);
    writeRows(outputs.points, POINT_TABLE, points);
  },
});
