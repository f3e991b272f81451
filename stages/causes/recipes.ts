import { z } from 'zod';
import { recipesStudy } from '../../src/causes/recipes/study.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { meanAccuracies } from '../../src/study/metrics/trajectory-accuracy.ts';
import {
  inOrder,
  VARIANT_TABLE,
  type VariantPoint,
} from '../../src/study/metrics/variant-table.ts';
import { readTrajectory } from '../../src/study/training/trajectory.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Does the published recipe order the models as the study's does? */
export default defineStage({
  params: z.strictObject(REPORT_PARAMS),
  inputs: { trainings: 'many' },
  outputs: { points: 'points.arrow', ...REPORT_OUTPUTS },
  run({ params, inputs, outputs }) {
    const points = inputs.trainings.flatMap(({ path, axes }): VariantPoint[] => {
      const training = readTrajectory(path);
      const { game, dim, seed } = training;
      const variant = String(axes.recipe);
      return meanAccuracies(training).map((point) => ({ variant, game, dim, seed, ...point }));
    });
    const ordered = inOrder(points, ['study', 'published']);
    writeRows(outputs.points, VARIANT_TABLE, ordered);
    writeReport(recipesStudy, { points: ordered }, params.profile, outputs);
  },
});
