import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { drawPng, drawSvg } from '../src/plots/figure.ts';
import { ablationsFigure } from '../src/study/charts/ablations.ts';
import { readVariants } from '../src/study/metrics/variant-table.ts';

/** All ablations in one figure. */
export default defineStage({
  params: z.strictObject({}),
  inputs: { schedules: 'one', keyStarts: 'one', scores: 'one', queryKey: 'one' },
  outputs: { svg: 'ablations.svg', png: 'ablations.png' },
  run({ inputs: { schedules, keyStarts, scores, queryKey }, outputs }) {
    const figure = ablationsFigure([
      { title: 'how the learning rate rises and falls', points: readVariants(schedules.path) },
      { title: 'how the keys start', points: readVariants(keyStarts.path) },
      { title: 'how two vectors give a score', points: readVariants(scores.path) },
      { title: 'query and key matrices at the start', points: readVariants(queryKey.path) },
    ]);
    writeFileSync(outputs.svg, drawSvg(figure));
    writeFileSync(outputs.png, drawPng(figure));
  },
});
