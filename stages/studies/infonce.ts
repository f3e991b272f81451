import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { evidenceOf, tablesOf } from '../../src/studies/infonce/experiment.ts';
import { infonceStudy } from '../../src/studies/infonce/study.ts';
import {
  MEASURE_TABLE,
  PLACE_TABLE,
  SCORE_TABLE,
  WORD_TABLE,
} from '../../src/studies/infonce/tables.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { readRows, writeRows } from '../../src/tables/records.ts';

/** What a table of scores learns: p(x, y), or p(x, y) / (p(x) p(y)). */
export default defineStage({
  params: z.strictObject(REPORT_PARAMS),
  inputs: { scores: 'one' },
  outputs: {
    measures: 'measures.arrow',
    words: 'words.arrow',
    places: 'places.arrow',
    ...REPORT_OUTPUTS,
  },
  run({ params, inputs, outputs }) {
    const evidence = evidenceOf(tablesOf(readRows(inputs.scores.path, SCORE_TABLE)));
    writeRows(outputs.measures, MEASURE_TABLE, evidence.measures);
    writeRows(outputs.words, WORD_TABLE, evidence.words);
    writeRows(outputs.places, PLACE_TABLE, evidence.places);
    writeReport(infonceStudy, evidence, params.profile, outputs);
  },
});
