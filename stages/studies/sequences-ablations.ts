import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { readChanges } from '../../src/studies/sequences/runs.ts';
import { ablationsStudy } from '../../src/studies/sequences/study.ts';

/** Learning curves of one task with one change each to the set-up, judged and drawn. */
export default defineStage({
  params: z.strictObject(REPORT_PARAMS),
  inputs: { changes: 'many' },
  outputs: REPORT_OUTPUTS,
  run({ params, inputs, outputs }) {
    const changes = readChanges(inputs.changes);
    writeReport(ablationsStudy, { changes }, params.profile, outputs);
  },
});
