import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { judgeClaims } from '../../src/claims/claim.ts';
import { scorecard } from '../../src/claims/scorecard.ts';
import { writeClaims } from '../../src/claims/table.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { drawPng, drawSvg } from '../../src/plots/figure.ts';
import { RANK_CLAIMS } from '../../src/studies/rank/claims.ts';
import { rankFigure } from '../../src/studies/rank/figure.ts';
import { RANK_PROOF, RANK_TABLE } from '../../src/studies/rank/tables.ts';
import { deckOf } from '../../src/study/deck/deck.ts';
import { readRows } from '../../src/tables/records.ts';

export default defineStage({
  params: z.strictObject({
    /** The deck whose matrix is drawn. */
    keys: z.int().min(4),
    values: z.int().min(2),
    /** The profile under whose sizes the tables were made: a column of the claims. */
    profile: z.string().min(1),
  }),
  inputs: { ranks: 'one', proofs: 'one' },
  outputs: {
    svg: 'rank.svg',
    png: 'rank.png',
    'rank-claims': 'claims.arrow',
    scorecard: 'scorecard.md',
  },
  run({ params, inputs, outputs }) {
    const ranks = readRows(inputs.ranks.path, RANK_TABLE);
    const proofs = readRows(inputs.proofs.path, RANK_PROOF);
    const figure = rankFigure(deckOf(params.keys, params.values), ranks);
    writeFileSync(outputs.svg, drawSvg(figure));
    writeFileSync(outputs.png, drawPng(figure));
    const judged = judgeClaims(RANK_CLAIMS, { ranks, proofs }, params.profile);
    writeClaims(outputs['rank-claims'], judged);
    writeFileSync(outputs.scorecard, scorecard('Rank of the query-key matrix', judged));
  },
});
