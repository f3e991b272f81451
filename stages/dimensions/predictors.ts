import { z } from 'zod';
import { readSplit } from '../../src/dimension/judgements/table.ts';
import { PREDICTORS, predictorsOf } from '../../src/dimension/predictors/predictors.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { writeRows } from '../../src/tables/records.ts';

/** What judgements show about the dimension without a fit. */
export default defineStage({
  params: z.strictObject({}),
  inputs: { queries: 'one' },
  outputs: { predictors: 'predictors.arrow' },
  run({ inputs, outputs }) {
    const { judgements } = readSplit(inputs.queries.path);
    writeRows(outputs.predictors, PREDICTORS, [predictorsOf(judgements)]);
  },
});
