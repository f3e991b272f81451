import { z } from 'zod';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { deckOf } from '../src/study/deck/deck.ts';
import { vocabulary } from '../src/study/deck/tokens.ts';
import { slotsOf } from '../src/study/games/layout.ts';
import { GAMES } from '../src/study/games/query-set.ts';
import { testQueries, trainingQueries } from '../src/study/games/sampling.ts';
import { trueKeys } from '../src/study/games/true-keys.ts';
import type { ModelConfiguration } from '../src/study/models/configuration.ts';
import { scoreQueries } from '../src/study/models/score.ts';
import { trainingBackend } from '../src/study/training/backend.ts';
import { batchSource } from '../src/study/training/batches.ts';
import { train } from '../src/study/training/loop.ts';
import { type TrajectoryPoint, writeTrajectory } from '../src/study/training/trajectory.ts';
import { variantModel, variantSchedule, variantStart } from '../src/study/training/variants.ts';

/** All trainings of an ablation are judged by the same test queries. */
const TEST_SEED = 1;
const QUERIES_PER_BATCH = 512;

/** Trains a small model, and keeps what it predicts along the way. */
export default defineStage({
  params: z
    .strictObject({
      game: z.enum(GAMES),
      /** Number of keys. */
      cards: z.int().min(2),
      /** Pairs that a query of `union` or `symdiff` joins. */
      pairs: z.int().min(1),
      model: z.enum(['contrastive', 'noncontrastive']).default('contrastive'),
      /** d of a contrastive model: the axis `model` sets `dim`, one of dimensions alone `dimension`. */
      dim: z.int().min(1).optional(),
      dimension: z.int().min(1).optional(),
      seed: z.int(),
      encoder: z.strictObject({
        layers: z.int().min(1),
        width: z.int().min(1),
        heads: z.int().min(1),
        feedForward: z.int().min(1),
      }),
      objective: z.enum(['sampled', 'expected']).default('expected'),
      /** Adam for all parameters, or Muon for the encoder's matrices and Adam for the rest. */
      optimizer: z.enum(['adam', 'muon']).default('adam'),
      /** How two vectors give a score. */
      similarity: z.enum(['dot', 'cosine', 'scaled-cosine']).default('dot'),
      steps: z.int().min(1),
      /** How many times along the training the model is looked at. */
      points: z.int().min(1),
      batch: z.int().min(1),
      /** Peak of the learning rate, how it is reached and left. */
      learningRate: z.number().positive(),
      warmUp: z.int().min(0),
      /** Share of the steps that the warm-up takes, instead of `warmUp` steps. */
      warmUpShare: z.number().min(0).max(1).optional(),
      rise: z.enum(['linear', 'log']).default('linear'),
      fall: z.enum(['cosine', 'none']).default('cosine'),
      /** Keys start uniform in ± keyScale / d, unless `keyStart` says otherwise. */
      keyScale: z.number().positive(),
      /** Uniform in ± uniform / d, or normal with this standard deviation. */
      keyStart: z
        .union([
          z.strictObject({ uniform: z.number().positive() }),
          z.strictObject({ normal: z.number().positive() }),
        ])
        .optional(),
      /** Whether attention's query matrices start equal to its key matrices. */
      tieQueryKey: z.boolean().default(false),
      lessons: z
        .array(z.strictObject({ pairs: z.int().min(1), share: z.number().min(0).max(1) }))
        .default([]),
      /** Share of a lesson's batches with fewer pairs than the lesson. */
      review: z.number().min(0).max(1).default(0),
      trainQueries: z.int().min(1),
      testQueries: z.int().min(1),
      backend: trainingBackend,
    })
    .refine(
      ({ model, dim, dimension }) =>
        [dim, dimension].filter((d) => d !== undefined).length ===
        (model === 'contrastive' ? 1 : 0),
      {
        message: 'a contrastive model needs dimension, a non-contrastive one has none',
        path: ['dimension'],
      },
    ),
  inputs: {},
  outputs: { predictions: 'predictions.arrow' },
  async run({ params, outputs, signal, progress }) {
    const {
      game,
      dim = params.dimension,
      seed,
      steps,
      batch,
      objective,
      optimizer,
      backend,
    } = params;
    const deck = deckOf(params.cards);
    const { pad } = vocabulary(deck);
    const pairs = game === 'shatter' ? 1 : slotsOf(game, params.pairs);
    const request = { deck, game, pairs };
    const queries = trainingQueries({ ...request, count: params.trainQueries, seed });
    const tests = testQueries({ ...request, count: params.testQueries, seed: TEST_SEED });
    const base: ModelConfiguration = {
      model: params.model,
      ...(dim === undefined ? {} : { dim }),
      keys: deck.keys,
      values: deck.values,
      layout: game === 'shatter' ? { kind: 'members' } : { kind: 'pairs', pairs },
      encoder: { ...params.encoder, pooling: 'mean' },
      keyScale: params.keyScale,
    };
    const model = variantModel(base, params);
    const points: TrajectoryPoint[] = [];
    await train(
      {
        step: { model, objective, batch, keyRate: 1, optimizer },
        parameters: variantStart(model, params, seed),
        batches: batchSource(queries, model.layout, deck.keys, pad, batch, seed),
        schedule: variantSchedule(
          { peak: params.learningRate, warmUp: params.warmUp, steps },
          params,
        ),
        curriculum: { lessons: params.lessons, review: params.review },
        seed,
        backend,
      },
      {
        signal,
        onStep: ({ step, loss }) =>
          progress({ done: step, total: steps, unit: 'step', values: { loss } }),
        waypoints: {
          every: Math.ceil(steps / params.points),
          async visit({ step, parameters }) {
            const options = { queriesPerBatch: QUERIES_PER_BATCH, pad, signal };
            points.push({ step, scores: await scoreQueries(model, parameters, tests, options) });
          },
        },
      },
    );
    writeTrajectory(outputs.predictions, {
      game,
      dim,
      seed,
      queries: tests.count,
      keys: deck.keys,
      isTrue: trueKeys(tests, deck.keys),
      points,
    });
  },
});
