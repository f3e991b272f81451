import { z } from 'zod';
import { FREE_TABLE, readLossRuns } from '../../src/causes/evidence.ts';
import { simplexStudy } from '../../src/causes/simplex/study.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { readRows } from '../../src/tables/records.ts';

/** What the loss decides at dimensions around that of the keys' simplex. */
export default defineStage({
  params: z.strictObject(REPORT_PARAMS),
  inputs: { metrics: 'many', free: 'many' },
  outputs: REPORT_OUTPUTS,
  run({ params, inputs, outputs }) {
    const runs = readLossRuns(inputs.metrics);
    const free = inputs.free.flatMap(({ path }) => readRows(path, FREE_TABLE));
    writeReport(simplexStudy, { runs, free }, params.profile, outputs);
  },
});
