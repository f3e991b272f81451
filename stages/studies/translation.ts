import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { readRuns } from '../../src/studies/translation/runs.ts';
import { translationStudy } from '../../src/studies/translation/study.ts';
import { PAIR_TABLE } from '../../src/studies/translation/tables.ts';
import { readRows } from '../../src/tables/records.ts';

/** A transformer that learned sentence pairs by heart: judged and drawn. */
export default defineStage({
  params: z.strictObject(REPORT_PARAMS),
  inputs: { pairs: 'one', curves: 'many', translations: 'many', attention: 'many' },
  outputs: REPORT_OUTPUTS,
  run({ params, inputs, outputs }) {
    const pairs = readRows(inputs.pairs.path, PAIR_TABLE);
    writeReport(translationStudy, { pairs, runs: readRuns(inputs) }, params.profile, outputs);
  },
});
