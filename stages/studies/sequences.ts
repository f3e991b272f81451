import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { readRuns, resultOf } from '../../src/studies/sequences/runs.ts';
import { sequencesStudy } from '../../src/studies/sequences/study.ts';
import { RESULT_TABLE } from '../../src/studies/sequences/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Learning curves of the toy tasks and of the changes to the set-up, judged and drawn. */
export default defineStage({
  params: z.strictObject(REPORT_PARAMS),
  inputs: { curves: 'many' },
  outputs: { results: 'results.arrow', ...REPORT_OUTPUTS },
  run({ params, inputs, outputs }) {
    const runs = readRuns(inputs.curves);
    writeRows(outputs.results, RESULT_TABLE, runs.map(resultOf));
    writeReport(sequencesStudy, { runs }, params.profile, outputs);
  },
});
