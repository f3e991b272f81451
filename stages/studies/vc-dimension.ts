import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { judgeClaims } from '../../src/claims/claim.ts';
import { scorecard } from '../../src/claims/scorecard.ts';
import { writeClaims } from '../../src/claims/table.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { drawPng, drawSvg } from '../../src/plots/figure.ts';
import { SEPARABILITY_CLAIMS } from '../../src/studies/vc-dimension/claims.ts';
import { separabilityFigure } from '../../src/studies/vc-dimension/figure.ts';
import { LABELINGS, VC_TABLE } from '../../src/studies/vc-dimension/tables.ts';
import { readRows } from '../../src/tables/records.ts';

export default defineStage({
  params: z.strictObject({
    /** The profile under whose sizes the tables were made: a column of the claims. */
    profile: z.string().min(1),
  }),
  inputs: { labelings: 'one', vc: 'one' },
  outputs: {
    svg: 'vc-dimension.svg',
    png: 'vc-dimension.png',
    'vc-claims': 'claims.arrow',
    scorecard: 'scorecard.md',
  },
  run({ params, inputs, outputs }) {
    const labelings = readRows(inputs.labelings.path, LABELINGS);
    const vc = readRows(inputs.vc.path, VC_TABLE);
    const figure = separabilityFigure(labelings, vc);
    writeFileSync(outputs.svg, drawSvg(figure));
    writeFileSync(outputs.png, drawPng(figure));
    const judged = judgeClaims(SEPARABILITY_CLAIMS, { labelings, vc }, params.profile);
    writeClaims(outputs['vc-claims'], judged);
    writeFileSync(outputs.scorecard, scorecard('Separable labelings', judged));
  },
});
