import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { STRUCTURE_PARAMS } from '../../src/studies/binding/params.ts';
import { bindingStudy } from '../../src/studies/binding/study.ts';
import {
  RECONSTRUCTION_TABLE,
  RECOVERY_TABLE,
  SHAPE_TABLE,
} from '../../src/studies/binding/tables.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { readRows } from '../../src/tables/records.ts';

/** Variable binding: statements about recovery, judged, and the shares recovered, drawn. */
export default defineStage({
  params: z.strictObject({ ...STRUCTURE_PARAMS, ...REPORT_PARAMS }),
  inputs: { recovery: 'one', shapes: 'one', reconstructions: 'one' },
  outputs: REPORT_OUTPUTS,
  run({ params: { profile, ...structures }, inputs, outputs }) {
    const rows = readRows(inputs.recovery.path, RECOVERY_TABLE);
    const shapes = readRows(inputs.shapes.path, SHAPE_TABLE);
    const reconstructions = readRows(inputs.reconstructions.path, RECONSTRUCTION_TABLE);
    writeReport(bindingStudy, { rows, shapes, reconstructions, ...structures }, profile, outputs);
  },
});
