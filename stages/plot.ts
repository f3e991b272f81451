import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { drawPng, drawSvg, type Figure } from '../src/plots/figure.ts';
import { entropyFigure, falseMassFigure } from '../src/study/charts/by-dimension.ts';
import { klFigure, overlapFigure, overviewFigure } from '../src/study/charts/by-game.ts';
import { floorFigure } from '../src/study/charts/floor.ts';
import { massFigure } from '../src/study/charts/mass.ts';
import { readFloors } from '../src/study/floor/table.ts';
import { MOST_PAIRS } from '../src/study/games/layout.ts';
import { GAMES } from '../src/study/games/query-set.ts';
import { readSubsets } from '../src/study/games/subset-counts-table.ts';
import { readExamples } from '../src/study/metrics/examples-table.ts';
import { readMetrics } from '../src/study/metrics/runs.ts';
import { writeSummary } from '../src/study/metrics/summary.ts';

const FIGURES = [
  'kl',
  'overlap',
  'overview',
  'entropy',
  'falseMass',
  'mass',
  'floorKl',
  'floorOverlap',
] as const;

export default defineStage({
  params: z.strictObject({
    /** Pairs that a query of `union` or `symdiff` joins: for the number of subsets under the games. */
    pairs: z.int().min(1).max(MOST_PAIRS),
    /** The query whose predictions are drawn key by key. */
    example: z.strictObject({
      game: z.enum(GAMES),
      /** Its number of true keys; the nearest one that test queries have is taken. */
      trueKeys: z.int().min(1),
    }),
  }),
  inputs: { metrics: 'many', examples: 'many', floors: 'many', counts: 'one' },
  outputs: {
    summary: 'summary.arrow',
    kl: 'kl.svg',
    klPng: 'kl.png',
    overlap: 'overlap.svg',
    overlapPng: 'overlap.png',
    overview: 'overview.svg',
    overviewPng: 'overview.png',
    entropy: 'entropy.svg',
    entropyPng: 'entropy.png',
    falseMass: 'false-mass.svg',
    falseMassPng: 'false-mass.png',
    mass: 'mass.svg',
    massPng: 'mass.png',
    floorKl: 'floor-kl.svg',
    floorKlPng: 'floor-kl.png',
    floorOverlap: 'floor-overlap.svg',
    floorOverlapPng: 'floor-overlap.png',
  },
  run({ params: { pairs, example }, inputs, outputs }) {
    const runs = readMetrics(inputs.metrics);
    const floors = readFloors(inputs.floors);
    const subsets = readSubsets(inputs.counts.path, pairs);
    writeSummary(outputs.summary, runs);
    const figures: Readonly<Record<(typeof FIGURES)[number], Figure>> = {
      kl: klFigure(runs, subsets),
      overlap: overlapFigure(runs, subsets),
      overview: overviewFigure(runs, subsets),
      entropy: entropyFigure(runs),
      falseMass: falseMassFigure(runs),
      mass: massFigure(readExamples(inputs.examples, example.game, example.trueKeys), example.game),
      floorKl: floorFigure(runs, floors, 'kl'),
      floorOverlap: floorFigure(runs, floors, 'overlap'),
    };
    for (const name of FIGURES) {
      writeFileSync(outputs[name], drawSvg(figures[name]));
      writeFileSync(outputs[`${name}Png`], drawPng(figures[name]));
    }
  },
});
