import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { rankStudy } from '../../src/studies/rank/study.ts';
import { PROOF_TABLE, RANK_TABLE } from '../../src/studies/rank/tables.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { deckOf } from '../../src/study/deck/deck.ts';
import { readRows } from '../../src/tables/records.ts';

/** The published ranks, judged, and the matrix of one deck, drawn. */
export default defineStage({
  params: z.strictObject({
    /** The deck whose matrix is drawn. */
    keys: z.int().min(4),
    values: z.int().min(2),
    ...REPORT_PARAMS,
  }),
  inputs: { ranks: 'one', proofs: 'one' },
  outputs: REPORT_OUTPUTS,
  run({ params: { keys, values, profile }, inputs, outputs }) {
    const evidence = {
      ranks: readRows(inputs.ranks.path, RANK_TABLE),
      proofs: readRows(inputs.proofs.path, PROOF_TABLE),
      deck: deckOf(keys, values),
    };
    writeReport(rankStudy, evidence, profile, outputs);
  },
});
