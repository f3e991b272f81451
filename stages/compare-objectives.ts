import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { drawPng, drawSvg } from '../src/plots/figure.ts';
import { objectivesFigure } from '../src/study/charts/objectives.ts';
import { compareObjectives, OBJECTIVE_TABLE } from '../src/study/metrics/objective-table.ts';
import { readTrajectory } from '../src/study/training/trajectory.ts';
import { writeRows } from '../src/tables/records.ts';

/** Gathers the same trainings with both objectives: how well each does, and how far they are apart. */
export default defineStage({
  params: z.strictObject({}),
  inputs: { trainings: 'many' },
  outputs: { objectives: 'objectives.arrow', svg: 'objectives.svg', png: 'objectives.png' },
  run({ inputs, outputs }) {
    const trainings = inputs.trainings.map(({ path, axes }) => ({
      objective: axes.objective,
      ...readTrajectory(path),
    }));
    const dims = [...new Set(trainings.map(({ dim }) => dim))].sort((a = 0, b = 0) => b - a);
    const points = dims.flatMap((dim) => {
      const [sampled, expected] = ['sampled', 'expected'].map((objective) =>
        trainings.find((training) => training.dim === dim && training.objective === objective),
      );
      if (sampled === undefined || expected === undefined) {
        throw new Error(`d = ${dim} was trained with one objective: both are needed`);
      }
      return compareObjectives(sampled, expected);
    });
    writeRows(outputs.objectives, OBJECTIVE_TABLE, points);
    const [{ keys, game, queries }] = trainings;
    const figure = objectivesFigure(points, `${keys} cards, game ${game}; ${queries} test queries`);
    writeFileSync(outputs.svg, drawSvg(figure));
    writeFileSync(outputs.png, drawPng(figure));
  },
});
