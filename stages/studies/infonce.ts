import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { judgeClaims } from '../../src/claims/claim.ts';
import { scorecard } from '../../src/claims/scorecard.ts';
import { writeClaims } from '../../src/claims/table.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { renderPng } from '../../src/plots/sheet.ts';
import { INFONCE_CLAIMS } from '../../src/studies/infonce/claims.ts';
import { infonceFigure } from '../../src/studies/infonce/figure.ts';
import { fitTable } from '../../src/studies/infonce/fit.ts';
import { DATA_SETS } from '../../src/studies/infonce/joints.ts';
import { newYork } from '../../src/studies/infonce/new-york.ts';
import { OBJECTIVES } from '../../src/studies/infonce/objectives.ts';
import { learnTables } from '../../src/studies/infonce/study.ts';
import { bestNext, writeMeasures, writeWords } from '../../src/studies/infonce/tables.ts';

/** What a table of scores learns: p(x, y), or p(x, y) / (p(x) p(y)). */
export default defineStage({
  params: z.strictObject({
    profile: z.string().min(1),
    steps: z.int().min(1),
    /** Pairs per batch of InfoNCE. */
    batch: z.int().min(2),
    learningRate: z.number().positive(),
    seeds: z.array(z.int()).min(2),
  }),
  inputs: {},
  outputs: {
    infonce: 'infonce.arrow',
    words: 'new-york.arrow',
    claims: 'infonce-claims.arrow',
    scorecard: 'infonce-scorecard.md',
    svg: 'infonce.svg',
    png: 'infonce.png',
  },
  async run({ params, outputs, signal, progress }) {
    const total = DATA_SETS.length * OBJECTIVES.length * params.seeds.length;
    let done = 0;
    const tables = await learnTables(params, {
      signal,
      onTable: () => progress({ done: ++done, total, unit: 'table' }),
    });
    writeMeasures(outputs.infonce, tables);
    const words = newYork();
    const { steps, batch, learningRate, seeds } = params;
    const m = await fitTable(words, {
      objective: 'infonce',
      steps,
      batch,
      learningRate,
      seed: seeds[0],
      signal,
    });
    writeWords(outputs.words, words, m);
    const evidence = { tables, newYork: bestNext(words, m, 'new') };
    const judged = judgeClaims(INFONCE_CLAIMS, evidence, params.profile);
    writeClaims(outputs.claims, judged);
    writeFileSync(outputs.scorecard, scorecard('InfoNCE: claims', judged));
    const shown = tables.filter(({ seed }) => seed === seeds[0]);
    writeFileSync(outputs.svg, infonceFigure(shown));
    writeFileSync(outputs.png, renderPng(infonceFigure(shown, 'light')));
  },
});
