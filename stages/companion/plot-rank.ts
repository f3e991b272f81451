import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { drawPng, drawSvg } from '../../src/charts/figure.ts';
import { rankFigure } from '../../src/charts/studies/rank.ts';
import { RANK_TABLE } from '../../src/companion/rank/tables.ts';
import { readRows } from '../../src/companion/table.ts';
import { deckOf } from '../../src/deck/deck.ts';
import { defineStage } from '../../src/pipeline/contract.ts';

export default defineStage({
  params: z.strictObject({
    /** The deck whose matrix is drawn. */
    keys: z.int().min(4),
    values: z.int().min(2),
  }),
  inputs: { ranks: 'one' },
  outputs: { svg: 'rank.svg', png: 'rank.png' },
  run({ params, inputs, outputs }) {
    const ranks = readRows(inputs.ranks.path, RANK_TABLE);
    const figure = rankFigure(deckOf(params.keys, params.values), ranks);
    writeFileSync(outputs.svg, drawSvg(figure));
    writeFileSync(outputs.png, drawPng(figure));
  },
});
