import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { retrievalStudy } from '../../src/studies/retrieval/study.ts';
import {
  CRITICAL_N_TABLE,
  CYCLIC_TABLE,
  TRAINING_TABLE,
} from '../../src/studies/retrieval/tables.ts';
import { readRows } from '../../src/tables/records.ts';

/** What training finds against what geometry allows, judged and drawn. */
export default defineStage({
  params: z.strictObject(REPORT_PARAMS),
  inputs: { criticalN: 'many', limitSmall: 'many', cyclic: 'one' },
  outputs: REPORT_OUTPUTS,
  run({ params, inputs, outputs }) {
    const evidence = {
      criticalN: inputs.criticalN.flatMap(({ path }) => readRows(path, CRITICAL_N_TABLE)),
      limitSmall: inputs.limitSmall.flatMap(({ path }) => readRows(path, TRAINING_TABLE)),
      cyclic: readRows(inputs.cyclic.path, CYCLIC_TABLE),
    };
    writeReport(retrievalStudy, evidence, params.profile, outputs);
  },
});
