import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { DEEPEST_PARAM } from '../../src/studies/fractions/params.ts';
import { readRuns } from '../../src/studies/fractions/runs.ts';
import { fractionsStudy } from '../../src/studies/fractions/study.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';

/** Nested divisions, simplified: accuracy by depth and probes of roles, judged and drawn. */
export default defineStage({
  params: z.strictObject({ ...REPORT_PARAMS, deepest: DEEPEST_PARAM }),
  inputs: { sizes: 'many', curves: 'many', answers: 'many', prompts: 'many', probes: 'many' },
  outputs: REPORT_OUTPUTS,
  run({ params: { profile, deepest }, inputs, outputs }) {
    writeReport(fractionsStudy, { runs: readRuns(inputs), deepest }, profile, outputs);
  },
});
