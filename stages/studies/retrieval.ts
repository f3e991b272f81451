import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { judgeClaims } from '../../src/claims/claim.ts';
import { scorecard } from '../../src/claims/scorecard.ts';
import { writeClaims } from '../../src/claims/table.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { drawPng, drawSvg } from '../../src/plots/figure.ts';
import { RETRIEVAL_CLAIMS } from '../../src/studies/retrieval/claims.ts';
import { retrievalFigure } from '../../src/studies/retrieval/figure.ts';
import {
  CRITICAL_N,
  CYCLIC_TABLE,
  FREE_EMBEDDING_RUNS,
} from '../../src/studies/retrieval/tables.ts';
import { readRows } from '../../src/tables/records.ts';

export default defineStage({
  params: z.strictObject({
    /** The profile under whose sizes the tables were made: a column of the claims. */
    profile: z.string().min(1),
  }),
  inputs: { critical: 'many', small: 'many', cyclic: 'one' },
  outputs: {
    svg: 'retrieval.svg',
    png: 'retrieval.png',
    'retrieval-claims': 'claims.arrow',
    scorecard: 'scorecard.md',
  },
  run({ params, inputs, outputs }) {
    const results = {
      critical: inputs.critical.flatMap(({ path }) => readRows(path, CRITICAL_N)),
      small: inputs.small.flatMap(({ path }) => readRows(path, FREE_EMBEDDING_RUNS)),
      cyclic: readRows(inputs.cyclic.path, CYCLIC_TABLE),
    };
    const figure = retrievalFigure(results);
    writeFileSync(outputs.svg, drawSvg(figure));
    writeFileSync(outputs.png, drawPng(figure));
    const judged = judgeClaims(RETRIEVAL_CLAIMS, results, params.profile);
    writeClaims(outputs['retrieval-claims'], judged);
    writeFileSync(outputs.scorecard, scorecard('Embedding retrieval', judged));
  },
});
