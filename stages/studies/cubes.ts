import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { cubesStudy } from '../../src/studies/cubes/study.ts';
import {
  ACCURACY_TABLE,
  CELL_TABLE,
  OWN_TABLE,
  TRAINING_TABLE,
} from '../../src/studies/cubes/tables.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { readRows, writeRows } from '../../src/tables/records.ts';

/** Which models tell the orders of stacked cubes apart, judged and drawn. */
export default defineStage({
  params: z.strictObject(REPORT_PARAMS),
  inputs: { accuracy: 'many', cells: 'many', trainings: 'many', exported: 'one', own: 'one' },
  outputs: { accuracy: 'accuracy.arrow', ...REPORT_OUTPUTS },
  run({ params, inputs, outputs }) {
    const evidence = {
      accuracy: inputs.accuracy.flatMap(({ path }) => readRows(path, ACCURACY_TABLE)),
      cells: inputs.cells.flatMap(({ path }) => readRows(path, CELL_TABLE)),
      trainings: inputs.trainings.flatMap(({ path }) => readRows(path, TRAINING_TABLE)),
      exported: readRows(inputs.exported.path, ACCURACY_TABLE),
      own: readRows(inputs.own.path, OWN_TABLE),
    };
    writeRows(outputs.accuracy, ACCURACY_TABLE, evidence.accuracy);
    writeReport(cubesStudy, evidence, params.profile, outputs);
  },
});
