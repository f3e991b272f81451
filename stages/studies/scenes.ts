import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { scenesStudy } from '../../src/studies/scenes/study.ts';
import { SCORE_TABLE, SUBSET_TABLE } from '../../src/studies/scenes/tables.ts';
import { readRows, writeRows } from '../../src/tables/records.ts';

/** Whether natural queries run into the dimension, judged and drawn. */
export default defineStage({
  params: z.strictObject({ ...REPORT_PARAMS, scenes: z.int().min(2) }),
  inputs: { subsets: 'one', trained: 'many', floors: 'many' },
  outputs: { scores: 'scores.arrow', ...REPORT_OUTPUTS },
  run({ params: { profile, scenes }, inputs, outputs }) {
    const subsets = readRows(inputs.subsets.path, SUBSET_TABLE);
    const scores = [...inputs.floors, ...inputs.trained].flatMap(({ path }) =>
      readRows(path, SCORE_TABLE),
    );
    writeRows(outputs.scores, SCORE_TABLE, scores);
    writeReport(scenesStudy, { scenes, subsets, scores }, profile, outputs);
  },
});
