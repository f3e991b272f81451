import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { judgeClaims } from '../../src/claims/claim.ts';
import { scorecard } from '../../src/claims/scorecard.ts';
import { writeClaims } from '../../src/claims/table.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { drawPng, drawSvg } from '../../src/plots/figure.ts';
import { LOW_RANK_CLAIMS } from '../../src/studies/low-rank/claims.ts';
import { lowRankFigure } from '../../src/studies/low-rank/figure.ts';
import { LOW_RANK_TABLE, LOW_RANK_THRESHOLDS } from '../../src/studies/low-rank/tables.ts';
import { thresholds } from '../../src/studies/low-rank/thresholds.ts';
import { readRows, writeRows } from '../../src/tables/records.ts';

export default defineStage({
  params: z.strictObject({
    /** The profile under whose sizes the tables were made: a column of the claims. */
    profile: z.string().min(1),
  }),
  inputs: { rows: 'many' },
  outputs: {
    svg: 'low-rank.svg',
    png: 'low-rank.png',
    'low-rank-thresholds': 'thresholds.arrow',
    'low-rank-claims': 'claims.arrow',
    scorecard: 'scorecard.md',
  },
  run({ params, inputs, outputs }) {
    const rows = inputs.rows.flatMap(({ path }) => readRows(path, LOW_RANK_TABLE));
    const found = thresholds(rows);
    writeRows(outputs['low-rank-thresholds'], LOW_RANK_THRESHOLDS, found);
    const figure = lowRankFigure(rows, found);
    writeFileSync(outputs.svg, drawSvg(figure));
    writeFileSync(outputs.png, drawPng(figure));
    const judged = judgeClaims(LOW_RANK_CLAIMS, { rows, thresholds: found }, params.profile);
    writeClaims(outputs['low-rank-claims'], judged);
    writeFileSync(outputs.scorecard, scorecard('Low-rank approximation', judged));
  },
});
