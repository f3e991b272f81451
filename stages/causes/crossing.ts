import { z } from 'zod';
import { crossingStudy } from '../../src/causes/crossing/study.ts';
import { readLossRuns } from '../../src/causes/evidence.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';

/** Is it the dot product or the loss? */
export default defineStage({
  params: z.strictObject({
    ...REPORT_PARAMS,
    /** d of the dual encoders that are compared, ascending; the last is the number of keys. */
    dims: z.array(z.int().min(1)).min(2),
  }),
  inputs: { metrics: 'many' },
  outputs: REPORT_OUTPUTS,
  run({ params: { dims, profile }, inputs, outputs }) {
    const runs = readLossRuns(inputs.metrics);
    writeReport(crossingStudy, { runs, dims }, profile, outputs);
  },
});
