import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { judgeClaims, VERDICTS, type Verdict } from '../src/claims/claim.ts';
import { scorecard } from '../src/claims/scorecard.ts';
import { writeClaims } from '../src/claims/table.ts';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { DIFFICULTY_CLAIMS } from '../src/study/evidence/difficulty.ts';
import type { CountEvidence } from '../src/study/evidence/evidence.ts';
import { FLOOR_CLAIMS } from '../src/study/evidence/floor.ts';
import { MODEL_CLAIMS } from '../src/study/evidence/models.ts';
import { SUBSET_CLAIMS } from '../src/study/evidence/subsets.ts';
import { readFloors } from '../src/study/floor/table.ts';
import { readMetrics } from '../src/study/metrics/runs.ts';
import { readTable } from '../src/tables/read.ts';
import { rows } from '../src/tables/rows.ts';

/** Judges the published statements by the study's tables. */
export default defineStage({
  params: z.strictObject({
    /** The profile that made the tables: a column of the table. */
    profile: z.string().min(1),
  }),
  inputs: { metrics: 'many', counts: 'one', floors: 'many' },
  outputs: { claims: 'claims.arrow', scorecard: 'scorecard.md' },
  headline: ({ claims }) => {
    const verdicts = readTable(claims, 'claims').utf8('verdict');
    const count = (verdict: Verdict) => verdicts.filter((one) => one === verdict).length;
    // A verdict near its bound may change with another machine's rounding.
    return Object.fromEntries(
      VERDICTS.map((verdict) => [verdict, { value: count(verdict), within: 2 }]),
    );
  },
  run({ params, inputs, outputs }) {
    const counts = rows(readTable(inputs.counts.path, 'count-subsets')).map(
      (row): CountEvidence => ({
        deck: Number(row.deck),
        game: String(row.game),
        operators: row.operators === null ? null : String(row.operators),
        pairs: row.pairs === null ? null : Number(row.pairs),
        log2Subsets: Number(row.log2Subsets),
      }),
    );
    const evidence = {
      runs: readMetrics(inputs.metrics),
      counts,
      floors: readFloors(inputs.floors),
    };
    const claims = [...MODEL_CLAIMS, ...DIFFICULTY_CLAIMS, ...FLOOR_CLAIMS, ...SUBSET_CLAIMS];
    const judged = judgeClaims(claims, evidence, params.profile);
    writeClaims(outputs.claims, judged);
    writeFileSync(outputs.scorecard, scorecard('Published claims', judged));
  },
});
