import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { drawPng, drawSvg } from '../src/plots/figure.ts';
import { type ObjectivePoint, objectivesFigure } from '../src/study/charts/objectives.ts';
import { deckOf } from '../src/study/deck/deck.ts';
import { vocabulary } from '../src/study/deck/tokens.ts';
import { testQueries, trainingQueries } from '../src/study/games/sampling.ts';
import { meanOf } from '../src/study/metrics/aggregates.ts';
import { predictionDivergence } from '../src/study/metrics/divergence.ts';
import { queryMetrics } from '../src/study/metrics/per-query.ts';
import type { ModelConfiguration } from '../src/study/models/configuration.ts';
import { modelParameters } from '../src/study/models/model.ts';
import { initialise } from '../src/study/models/parameters.ts';
import { batchSource } from '../src/study/training/batches.ts';
import { scoreQueries, trueKeys } from '../src/study/training/score.ts';
import type { Objective } from '../src/study/training/step.ts';
import { trajectory } from '../src/study/training/trajectory.ts';
import { numbers, utf8 } from '../src/tables/column.ts';
import { writeTable } from '../src/tables/write.ts';

const OBJECTIVES: readonly Objective[] = ['sampled', 'expected'];

/** Trains the same contrastive models with both objectives and follows how far they are apart. */
export default defineStage({
  params: z.strictObject({
    game: z.enum(['set', 'star']),
    /** Number of keys. */
    cards: z.int().min(2),
    dims: z.array(z.int().min(1)).min(1),
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
    trainQueries: z.int().min(1),
    testQueries: z.int().min(1),
    seed: z.int().default(1),
  }),
  inputs: {},
  outputs: { objectives: 'objectives.arrow', svg: 'objectives.svg', png: 'objectives.png' },
  async run({ params, outputs, signal, progress }) {
    const { game, cards, dims, encoder, steps, points, batch, keyScale, seed } = params;
    const deck = deckOf(cards);
    const { pad } = vocabulary(deck);
    const request = { deck, game, pairs: 1, seed };
    const queries = trainingQueries({ ...request, count: params.trainQueries });
    const tests = testQueries({ ...request, count: params.testQueries });
    const truth = trueKeys(tests, deck.keys);
    const total = dims.length * OBJECTIVES.length * steps;
    let before = 0;

    /** Scores of the test queries after every `steps / points` steps of one training. */
    const scoresAlong = async (dim: number, objective: Objective) => {
      const model: ModelConfiguration = {
        model: 'contrastive',
        dim,
        keys: deck.keys,
        values: deck.values,
        layout: { kind: 'pairs', pairs: 1 },
        encoder: { ...encoder, pooling: 'mean' },
        keyScale,
      };
      const waypoints = await trajectory(
        {
          step: { model, objective, batch, keyRate: 1 },
          parameters: initialise(modelParameters(model), seed),
          batches: batchSource(queries, model.layout, deck.keys, pad, batch, seed),
          schedule: { peak: params.learningRate, warmUp: params.warmUp, steps },
          curriculum: { lessons: [], review: 0 },
          seed,
        },
        Math.ceil(steps / points),
        {
          signal,
          onStep: ({ step, loss }) =>
            progress({ done: before + step, total, unit: 'step', values: { loss } }),
        },
      );
      before += steps;
      const all: { readonly step: number; readonly scores: Float32Array }[] = [];
      for (const { step, parameters } of waypoints) {
        const scores = await scoreQueries(model, parameters, tests, { queriesPerBatch: 512, pad });
        all.push({ step, scores });
      }
      return all;
    };

    const rows: (ObjectivePoint & { readonly overlap: number })[] = [];
    for (const dim of dims) {
      const sampled = await scoresAlong(dim, 'sampled');
      const expected = await scoresAlong(dim, 'expected');
      for (const [i, { step }] of expected.entries()) {
        const pair = [expected[i].scores, sampled[i].scores] as const;
        const apart = meanOf(predictionDivergence(...pair, tests.count, deck.keys)).mean;
        for (const objective of OBJECTIVES) {
          const { scores } = (objective === 'sampled' ? sampled : expected)[i];
          const { kl, overlap } = queryMetrics(scores, truth, tests.count, deck.keys);
          rows.push({
            dim,
            objective,
            step,
            kl: meanOf(kl).mean,
            overlap: meanOf(overlap).mean,
            apart,
          });
        }
      }
    }
    const column = (pick: (row: (typeof rows)[number]) => number) => rows.map(pick);
    writeTable(outputs.objectives, {
      columns: {
        dim: numbers(
          'int32',
          column(({ dim }) => dim),
        ),
        objective: utf8(rows.map(({ objective }) => objective)),
        step: numbers(
          'int32',
          column(({ step }) => step),
        ),
        kl: numbers(
          'float64',
          column(({ kl }) => kl),
        ),
        overlap: numbers(
          'float64',
          column(({ overlap }) => overlap),
        ),
        apart: numbers(
          'float64',
          column(({ apart }) => apart),
        ),
      },
    });
    const figure = objectivesFigure(
      rows,
      `${cards} cards, game ${game}; ${tests.count} test queries`,
    );
    writeFileSync(outputs.svg, drawSvg(figure));
    writeFileSync(outputs.png, drawPng(figure));
  },
});
