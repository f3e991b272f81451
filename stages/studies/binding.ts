import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { judgeClaims } from '../../src/claims/claim.ts';
import { scorecard } from '../../src/claims/scorecard.ts';
import { writeClaims } from '../../src/claims/table.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { drawPng, drawSvg } from '../../src/plots/figure.ts';
import { BINDING_CLAIMS } from '../../src/studies/binding/claims.ts';
import { bindingFigure } from '../../src/studies/binding/figure.ts';
import {
  hadamardTrees,
  lists,
  RECOVERY_TABLE,
  tensorTrees,
} from '../../src/studies/binding/study.ts';
import { writeRows } from '../../src/tables/records.ts';

const sizes = z.array(z.int().min(1)).min(1);

/** Variable binding by tensor products, recursively, and by their Hadamard approximation. */
export default defineStage({
  params: z.strictObject({
    profile: z.string().min(1),
    /** Fillers to tell apart. */
    fillers: z.int().min(2),
    /** Numbers per filler of tensor products. */
    fillerLength: z.int().min(1),
    /** Bindings per list. */
    bindings: z.int().min(1),
    /** Numbers per role, for lists. */
    roleLengths: sizes,
    /** Depths of trees. */
    depths: z.array(z.int().min(0).max(10)).min(1),
    /** Numbers per Hadamard vector. */
    dimensions: sizes,
    /** Random structures per point. */
    trials: z.int().min(1),
    seed: z.int().default(1),
  }),
  inputs: {},
  outputs: {
    binding: 'binding.arrow',
    claims: 'binding-claims.arrow',
    scorecard: 'binding-scorecard.md',
    svg: 'binding.svg',
    png: 'binding.png',
  },
  run({ params, outputs }) {
    const rows = [...lists(params), ...tensorTrees(params), ...hadamardTrees(params)];
    writeRows(outputs.binding, RECOVERY_TABLE, rows);
    const { fillerLength, trials } = params;
    const judged = judgeClaims(BINDING_CLAIMS, { rows, fillerLength, trials }, params.profile);
    writeClaims(outputs.claims, judged);
    writeFileSync(outputs.scorecard, scorecard('Variable binding: claims', judged));
    const figure = bindingFigure(rows, params);
    writeFileSync(outputs.svg, drawSvg(figure));
    writeFileSync(outputs.png, drawPng(figure));
  },
});
