import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { MIDDLE_PARAM } from '../../src/studies/autodiff/params.ts';
import { autodiffStudy } from '../../src/studies/autodiff/study.ts';
import { CHECK_TABLE, POINT_TABLE, STEP_TABLE } from '../../src/studies/autodiff/tables.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { readRows } from '../../src/tables/records.ts';

/** Gradients written by hand: checks and trainings, judged and drawn. */
export default defineStage({
  params: z.strictObject({ ...REPORT_PARAMS, middle: MIDDLE_PARAM }),
  inputs: { checks: 'one', steps: 'one', points: 'one' },
  outputs: REPORT_OUTPUTS,
  run({ params: { profile, middle }, inputs, outputs }) {
    const evidence = {
      checks: readRows(inputs.checks.path, CHECK_TABLE),
      steps: readRows(inputs.steps.path, STEP_TABLE),
      points: readRows(inputs.points.path, POINT_TABLE),
      middle,
    };
    writeReport(autodiffStudy, evidence, profile, outputs);
  },
});
