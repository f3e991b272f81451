import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { answerOf } from '../../src/dimension/answer/answer.ts';
import { answerPage } from '../../src/dimension/answer/page.ts';
import { answerText } from '../../src/dimension/answer/text.ts';
import { answerFigure } from '../../src/dimension/figures/answer.ts';
import { PREDICTORS } from '../../src/dimension/predictors/predictors.ts';
import {
  BUDGET,
  BY_DIMENSION,
  FIT,
  JUDGEMENTS_SUMMARY,
  OWN_VECTORS,
} from '../../src/dimension/tables.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { drawPng, drawSvg } from '../../src/plots/figure.ts';
import { readRows, writeRows } from '../../src/tables/records.ts';

/** How many dimensions, bits and vectors some judgements need: a table, a page and a figure. */
export default defineStage({
  params: z.strictObject({}),
  inputs: {
    /** The file that the judgements are from. */
    judgements: 'one',
    /** Somebody's vectors of the items and of the queries, which the stage own-vectors reads. */
    vectors: 'many',
    queryVectors: 'many',
    summary: 'one',
    predictors: 'one',
    fits: 'many',
    more: 'one',
    bits: 'many',
    severalVectors: 'many',
    own: 'one',
    notes: 'one',
  },
  outputs: {
    dimension: 'dimension.arrow',
    json: 'dimension.json',
    text: 'dimension.txt',
    page: 'dimension.html',
    svg: 'dimension.svg',
    png: 'dimension.png',
  },
  run({ inputs, outputs }) {
    const fits = [...inputs.fits, inputs.more].flatMap(({ path }) => readRows(path, FIT));
    const answer = answerOf({
      file: basename(inputs.judgements.path),
      summary: readRows(inputs.summary.path, JUDGEMENTS_SUMMARY)[0],
      predictors: readRows(inputs.predictors.path, PREDICTORS)[0],
      fits,
      bits: inputs.bits.flatMap(({ path }) => readRows(path, BUDGET)),
      vectors: inputs.severalVectors.flatMap(({ path }) => readRows(path, BUDGET)),
      own: readRows(inputs.own.path, OWN_VECTORS),
      notes: JSON.parse(readFileSync(inputs.notes.path, 'utf8')) as readonly string[],
    });
    writeRows(outputs.dimension, BY_DIMENSION, answer.byDimension);
    writeFileSync(outputs.json, `${JSON.stringify(answer, null, 2)}\n`);
    writeFileSync(outputs.text, answerText(answer));
    const figure = answerFigure(answer);
    const svg = drawSvg(figure);
    writeFileSync(outputs.svg, svg);
    writeFileSync(outputs.png, drawPng(figure));
    writeFileSync(outputs.page, answerPage(answer, svg));
  },
});
