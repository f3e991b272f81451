import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { klFigure, overlapFigure, overviewFigure } from '../src/charts/by-game.ts';
import { entropyFigure } from '../src/charts/entropy.ts';
import { drawPng, drawSvg } from '../src/charts/figure.ts';
import { encodeSummary } from '../src/charts/summary.ts';
import { readMetrics } from '../src/metrics/runs.ts';
import { defineStage } from '../src/pipeline/contract.ts';

export default defineStage({
  params: z.strictObject({}),
  inputs: { metrics: 'many' },
  outputs: {
    summary: 'summary.arrow',
    kl: 'kl.svg',
    klPng: 'kl.png',
    overlap: 'overlap.svg',
    overlapPng: 'overlap.png',
    entropy: 'entropy.svg',
    entropyPng: 'entropy.png',
    overview: 'overview.svg',
    overviewPng: 'overview.png',
  },
  run({ inputs, outputs }) {
    const runs = readMetrics(inputs.metrics);
    writeFileSync(outputs.summary, encodeSummary(runs));
    const figures = {
      kl: klFigure(runs),
      overlap: overlapFigure(runs),
      entropy: entropyFigure(runs),
      overview: overviewFigure(runs),
    };
    for (const name of ['kl', 'overlap', 'entropy', 'overview'] as const) {
      writeFileSync(outputs[name], drawSvg(figures[name]));
      writeFileSync(outputs[`${name}Png`], drawPng(figures[name]));
    }
  },
});
