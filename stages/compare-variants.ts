import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { drawPng, drawSvg } from '../src/plots/figure.ts';
import { type VariantPoint, variantsFigure } from '../src/study/charts/variants.ts';
import { deckOf } from '../src/study/deck/deck.ts';
import { vocabulary } from '../src/study/deck/tokens.ts';
import { slotsOf } from '../src/study/games/layout.ts';
import { testQueries, trainingQueries } from '../src/study/games/sampling.ts';
import { meanOf } from '../src/study/metrics/aggregates.ts';
import { queryMetrics } from '../src/study/metrics/per-query.ts';
import type { ModelConfiguration } from '../src/study/models/configuration.ts';
import { batchSource } from '../src/study/training/batches.ts';
import { scoreQueries, trueKeys } from '../src/study/training/score.ts';
import { trajectory } from '../src/study/training/trajectory.ts';
import {
  type Variant,
  variantModel,
  variantSchedule,
  variantStart,
} from '../src/study/training/variants.ts';
import { numbers, utf8 } from '../src/tables/column.ts';
import { writeTable } from '../src/tables/write.ts';

const variant = z.strictObject({
  name: z.string().min(1),
  warmUpShare: z.number().min(0).max(1).optional(),
  rise: z.enum(['linear', 'log']).optional(),
  fall: z.enum(['cosine', 'none']).optional(),
  keyStart: z
    .union([
      z.strictObject({ uniform: z.number().positive() }),
      z.strictObject({ normal: z.number().positive() }),
    ])
    .optional(),
  similarity: z.enum(['dot', 'cosine', 'scaled-cosine']).optional(),
  tieQueryKey: z.boolean().optional(),
});

/** Trains contrastive models that differ in one thing, with Adam, and follows how well they do. */
export default defineStage({
  params: z.strictObject({
    /** What is compared: the figure's title. */
    title: z.string().min(1),
    variants: z.array(variant).min(2),
    games: z.array(z.enum(['set', 'star', 'union', 'symdiff'])).min(1),
    /** Number of keys. */
    cards: z.int().min(2),
    pairs: z.int().min(1),
    dims: z.array(z.int().min(1)).min(1),
    seeds: z.array(z.int()).min(1),
    encoder: z.strictObject({
      layers: z.int().min(1),
      width: z.int().min(1),
      heads: z.int().min(1),
      feedForward: z.int().min(1),
    }),
    steps: z.int().min(1),
    /** How many times along the training the models are evaluated. */
    points: z.int().min(1),
    batch: z.int().min(1),
    learningRate: z.number().positive(),
    warmUp: z.int().min(0),
    keyScale: z.number().positive(),
    lessons: z
      .array(z.strictObject({ pairs: z.int().min(1), share: z.number().min(0).max(1) }))
      .default([]),
    trainQueries: z.int().min(1),
    testQueries: z.int().min(1),
  }),
  inputs: {},
  outputs: { variants: 'variants.arrow', svg: 'variants.svg', png: 'variants.png' },
  async run({ params, outputs, signal, progress }) {
    const { variants, games, dims, seeds, steps, batch } = params;
    const deck = deckOf(params.cards);
    const { pad } = vocabulary(deck);
    const total = games.length * dims.length * seeds.length * variants.length * steps;
    const points: VariantPoint[] = [];
    let before = 0;
    for (const game of games) {
      const pairs = slotsOf(game, params.pairs);
      const tests = testQueries({ deck, game, pairs, count: params.testQueries, seed: 1 });
      const truth = trueKeys(tests, deck.keys);
      /** Trains one model and adds its points. */
      const follow = async (dim: number, seed: number, chosen: Variant) => {
        const base: ModelConfiguration = {
          model: 'contrastive',
          dim,
          keys: deck.keys,
          values: deck.values,
          layout: { kind: 'pairs', pairs },
          encoder: { ...params.encoder, pooling: 'mean' },
          keyScale: params.keyScale,
        };
        const model = variantModel(base, chosen);
        const { learningRate: peak, warmUp, lessons, trainQueries: count } = params;
        const queries = trainingQueries({ deck, game, pairs, count, seed });
        const waypoints = await trajectory(
          {
            step: { model, objective: 'expected', batch, keyRate: 1 },
            parameters: variantStart(model, chosen, seed),
            batches: batchSource(queries, model.layout, deck.keys, pad, batch, seed),
            schedule: variantSchedule({ peak, warmUp, steps }, chosen),
            curriculum: { lessons, review: 0 },
            seed,
          },
          Math.ceil(steps / params.points),
          {
            signal,
            onStep: ({ step, loss }) =>
              progress({ done: before + step, total, unit: 'step', values: { loss } }),
          },
        );
        before += steps;
        for (const { step, parameters } of waypoints) {
          const scores = await scoreQueries(model, parameters, tests, {
            queriesPerBatch: 512,
            pad,
          });
          const { kl, overlap } = queryMetrics(scores, truth, tests.count, deck.keys);
          const means = { kl: meanOf(kl).mean, overlap: meanOf(overlap).mean };
          points.push({ variant: chosen.name, game, dim, seed, step, ...means });
        }
      };
      for (const dim of dims) {
        for (const seed of seeds) {
          for (const chosen of variants) await follow(dim, seed, chosen);
        }
      }
    }
    const column = <K extends keyof VariantPoint>(name: K) => points.map((point) => point[name]);
    writeTable(outputs.variants, {
      columns: {
        variant: utf8(column('variant')),
        game: utf8(column('game')),
        dim: numbers('int32', column('dim')),
        seed: numbers('int32', column('seed')),
        step: numbers('int32', column('step')),
        kl: numbers('float64', column('kl')),
        overlap: numbers('float64', column('overlap')),
      },
    });
    const figure = variantsFigure(
      points,
      params.title,
      `${params.cards} cards; ${params.testQueries} test queries; Adam; ${
        seeds.length === 1 ? '1 seed' : `thin lines: ${seeds.length} seeds, thick: their mean`
      }`,
    );
    writeFileSync(outputs.svg, drawSvg(figure));
    writeFileSync(outputs.png, drawPng(figure));
  },
});
