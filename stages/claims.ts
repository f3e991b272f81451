import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { judgeClaims, VERDICTS, type Verdict } from '../src/claims/claim.ts';
import { scorecard } from '../src/claims/scorecard.ts';
import { writeClaims } from '../src/claims/table.ts';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { readCounts, STUDY_CLAIMS } from '../src/study/evidence/claims.ts';
import { readFloors } from '../src/study/floor/table.ts';
import { readMetrics } from '../src/study/metrics/runs.ts';
import { readTable } from '../src/tables/read.ts';

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
    const evidence = {
      runs: readMetrics(inputs.metrics),
      counts: readCounts(inputs.counts.path),
      floors: readFloors(inputs.floors),
    };
    const judged = judgeClaims(STUDY_CLAIMS, evidence, params.profile);
    writeClaims(outputs.claims, judged);
    writeFileSync(outputs.scorecard, scorecard('Published claims', judged));
  },
});
