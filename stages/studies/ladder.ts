import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { ladderStudy } from '../../src/studies/ladder/study.ts';
import { RUNG_TABLE } from '../../src/studies/ladder/tables.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { readRows, writeRows } from '../../src/tables/records.ts';

/** What geometry, objective, encoder and generalisation add to the error at every dimension. */
export default defineStage({
  params: z.strictObject({ ...REPORT_PARAMS, cards: z.int().min(2) }),
  inputs: { free: 'many', encoders: 'many' },
  outputs: { rungs: 'rungs.arrow', ...REPORT_OUTPUTS },
  run({ params, inputs, outputs }) {
    const rungs = [...inputs.free, ...inputs.encoders].flatMap(({ path }) =>
      readRows(path, RUNG_TABLE),
    );
    writeRows(outputs.rungs, RUNG_TABLE, rungs);
    writeReport(ladderStudy, { keys: params.cards, rungs }, params.profile, outputs);
  },
});
