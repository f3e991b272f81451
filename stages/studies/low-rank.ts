import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { lowRankStudy } from '../../src/studies/low-rank/study.ts';
import { LOW_RANK_TABLE, THRESHOLD_TABLE } from '../../src/studies/low-rank/tables.ts';
import { thresholdsOf } from '../../src/studies/low-rank/thresholds.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { readRows, writeRows } from '../../src/tables/records.ts';

/** From which dimension on each deck is learned, judged and drawn. */
export default defineStage({
  params: z.strictObject(REPORT_PARAMS),
  inputs: { accuracy: 'many' },
  outputs: { thresholds: 'thresholds.arrow', ...REPORT_OUTPUTS },
  run({ params, inputs, outputs }) {
    const rows = inputs.accuracy.flatMap(({ path }) => readRows(path, LOW_RANK_TABLE));
    const thresholds = thresholdsOf(rows);
    writeRows(outputs.thresholds, THRESHOLD_TABLE, thresholds);
    writeReport(lowRankStudy, { rows, thresholds }, params.profile, outputs);
  },
});
