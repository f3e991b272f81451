import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { vcDimensionStudy } from '../../src/studies/vc-dimension/study.ts';
import { LABELING_TABLE, VC_DIMENSION_TABLE } from '../../src/studies/vc-dimension/tables.ts';
import { readRows } from '../../src/tables/records.ts';

/** VC dimensions and Cover's formula against the counts, judged and drawn. */
export default defineStage({
  params: z.strictObject(REPORT_PARAMS),
  inputs: { labelings: 'one', vcDimensions: 'one' },
  outputs: REPORT_OUTPUTS,
  run({ params, inputs, outputs }) {
    const evidence = {
      labelings: readRows(inputs.labelings.path, LABELING_TABLE),
      vcDimensions: readRows(inputs.vcDimensions.path, VC_DIMENSION_TABLE),
    };
    writeReport(vcDimensionStudy, evidence, params.profile, outputs);
  },
});
