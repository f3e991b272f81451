import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { drawPng, drawSvg } from '../src/plots/figure.ts';
import { variantsFigure } from '../src/study/charts/variants.ts';
import { meanAccuracies } from '../src/study/metrics/trajectory-accuracy.ts';
import { inOrder, VARIANT_TABLE, type VariantPoint } from '../src/study/metrics/variant-table.ts';
import { readTrajectory } from '../src/study/training/trajectory.ts';
import { writeRows } from '../src/tables/records.ts';

/** Gathers trainings that differ in one thing: how well each does along the way. */
export default defineStage({
  params: z.strictObject({
    /** What is compared: the figure's title. */
    title: z.string().min(1),
    /** The axis that tells the variants apart. */
    axis: z.string().min(1),
    /** Its values in the order of the legend, and what the figure calls them. */
    variants: z
      .array(z.strictObject({ value: z.union([z.string(), z.number()]), name: z.string().min(1) }))
      .min(2),
  }),
  inputs: { trainings: 'many' },
  outputs: { variants: 'variants.arrow', svg: 'variants.svg', png: 'variants.png' },
  run({ params: { title, axis, variants }, inputs, outputs }) {
    const trainings = inputs.trainings.map(({ path, axes }) => {
      const named = variants.find(({ value }) => value === axes[axis]);
      if (named === undefined) {
        throw new Error(
          `${path}: ${axis} = ${axes[axis]} has no name: add it to the param 'variants'`,
        );
      }
      return { variant: named.name, ...readTrajectory(path) };
    });
    const points = trainings.flatMap((training): VariantPoint[] => {
      const { variant, game, dim, seed } = training;
      return meanAccuracies(training).map((point) => ({ variant, game, dim, seed, ...point }));
    });
    const names = variants.map(({ name }) => name);
    const ordered = inOrder(points, names);
    writeRows(outputs.variants, VARIANT_TABLE, ordered);
    const [{ keys, queries }] = trainings;
    const seeds = new Set(points.map(({ seed }) => seed)).size;
    const figure = variantsFigure(
      ordered,
      title,
      `${keys} cards; ${queries} test queries; Adam; ${
        seeds === 1 ? '1 seed' : `thin lines: ${seeds} seeds, thick: their mean`
      }`,
    );
    writeFileSync(outputs.svg, drawSvg(figure));
    writeFileSync(outputs.png, drawPng(figure));
  },
});
