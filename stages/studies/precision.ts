import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { precisionStudy } from '../../src/studies/precision/study.ts';
import {
  CURVE_TABLE,
  EXPONENT_TABLE,
  MEAN_TABLE,
  SWEEP_TABLE,
} from '../../src/studies/precision/tables.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { readRows, writeRows } from '../../src/tables/records.ts';

/** Which techniques of mixed precision are needed when, judged and drawn. */
export default defineStage({
  params: z.strictObject(REPORT_PARAMS),
  inputs: { curves: 'many', exponents: 'many', sweeps: 'many', means: 'one' },
  outputs: {
    curves: 'curves.arrow',
    exponents: 'exponents.arrow',
    sweeps: 'sweeps.arrow',
    ...REPORT_OUTPUTS,
  },
  run({ params: { profile }, inputs, outputs }) {
    const curves = inputs.curves.flatMap(({ path }) => readRows(path, CURVE_TABLE));
    const exponents = inputs.exponents.flatMap(({ path }) => readRows(path, EXPONENT_TABLE));
    const sweeps = inputs.sweeps.flatMap(({ path }) => readRows(path, SWEEP_TABLE));
    const means = readRows(inputs.means.path, MEAN_TABLE);
    writeRows(outputs.curves, CURVE_TABLE, curves);
    writeRows(outputs.exponents, EXPONENT_TABLE, exponents);
    writeRows(outputs.sweeps, SWEEP_TABLE, sweeps);
    writeReport(precisionStudy, { curves, exponents, sweeps, means }, profile, outputs);
  },
});
