import { z } from 'zod';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { readDeck } from '../src/study/deck/table.ts';
import { vocabulary } from '../src/study/deck/tokens.ts';
import { GAMES } from '../src/study/games/query-set.ts';
import { readQuerySet } from '../src/study/games/query-table.ts';
import type { ModelConfiguration } from '../src/study/models/configuration.ts';
import { queryFlops } from '../src/study/models/cost.ts';
import { modelParameters } from '../src/study/models/model.ts';
import { writeModel } from '../src/study/models/model-table.ts';
import { initialise } from '../src/study/models/parameters.ts';
import { lengthOf } from '../src/study/models/positions.ts';
import { trainingBackend } from '../src/study/training/backend.ts';
import { batchSource } from '../src/study/training/batches.ts';
import { snapshotsIn } from '../src/study/training/checkpoints.ts';
import { writeCurve } from '../src/study/training/curve.ts';
import { train } from '../src/study/training/loop.ts';
import { LOSSES } from '../src/study/training/step.ts';

const params = z
  .strictObject({
    /** Number of keys; used for the cost alone, since the deck itself is an input. */
    deck: z.int().min(2),
    game: z.enum(GAMES),
    seed: z.int(),
    model: z.enum(['contrastive', 'noncontrastive']),
    /** d: dimension of query and key vectors. Contrastive only. */
    dim: z.int().min(1).optional(),
    /** The transformer; a non-contrastive model has half its layers. */
    encoder: z
      .strictObject({
        layers: z.int().min(1),
        /** Numbers per token between layers (`d_model`). */
        width: z.int().min(1),
        /** Attention heads; must divide `width`. */
        heads: z.int().min(1),
        /** Hidden units of the feed-forward layers. */
        feedForward: z.int().min(1),
        /** A query's vector: the mean of its tokens' vectors, or that of its `start` token. */
        pooling: z.enum(['mean', 'start']).default('mean'),
      })
      .refine(({ width, heads }) => width % heads === 0, 'heads must divide width'),
    steps: z.int().min(1),
    /** Queries per step. */
    batch: z.int().min(1),
    /** Adam for all parameters, or Muon for the encoder's matrices and Adam for the rest. */
    optimizer: z.enum(['adam', 'muon']).default('adam'),
    /** Peak of the learning rate: linear warm-up, then half a cosine down to zero. */
    learningRate: z.number().positive(),
    /** Steps of warm-up. */
    warmUp: z.int().min(0),
    /** One positive key per query as published, or its expectation over all true keys. */
    objective: z.enum(['sampled', 'expected']),
    /** By default `infonce` for a contrastive model, `cross-entropy` over the keys for the other. */
    loss: z.enum(LOSSES).optional(),
    /** Keys start uniform in ± keyScale / dim. */
    keyScale: z.number().positive().default(1),
    /** Factor on the learning rate of the keys. */
    keyRate: z.number().positive().default(1),
    /** Lessons in order: at most `pairs` pairs per query for a share of the steps. */
    lessons: z
      .array(z.strictObject({ pairs: z.int().min(1), share: z.number().min(0).max(1) }))
      .default([]),
    /** Share of a lesson's batches with fewer pairs than the lesson. */
    review: z.number().min(0).max(1).default(0),
    /** What it runs on: the engine on the CPU, or TensorFlow on a CPU or GPU. */
    backend: trainingBackend,
  })
  .refine(({ model, dim }) => (model === 'contrastive') === (dim !== undefined), {
    message: 'a contrastive model needs dim, a non-contrastive one has none',
    path: ['dim'],
  });

type Params = z.output<typeof params>;

/** Pairs of `union` and `symdiff` queries that the cost assumes: those of the default profile. */
const USUAL_PAIRS = 5;

export default defineStage({
  params,
  inputs: { deck: 'one', queries: 'one' },
  outputs: { weights: 'weights.arrow', curve: 'curve.arrow' },
  cost: (params) => {
    const { game, deck, steps, batch, lessons } = params;
    const pairs = game === 'set' || game === 'star' ? 1 : USUAL_PAIRS;
    const model = configuration(params, deck, 3, pairs);
    const lengths = lessons.map((lesson) => ({
      share: lesson.share,
      length: lengthOf(Math.min(lesson.pairs, pairs)),
    }));
    const fullShare = 1 - lessons.reduce((sum, { share }) => sum + share, 0);
    const full = game === 'shatter' ? deck + 2 : lengthOf(pairs);
    const flops = [...lengths, { share: fullShare, length: full }].reduce(
      (sum, { share, length }) =>
        sum + share * queryFlops(model, game === 'shatter' ? full : length),
      0,
    );
    return { flops: 3 * flops * steps * batch };
  },
  async run({ params, inputs, outputs, checkpoint, signal, progress, log }) {
    const deck = readDeck(inputs.deck.path);
    const queries = readQuerySet(inputs.queries.path);
    const model = configuration(params, deck.keys, deck.values, (queries.sequenceLength - 1) / 3);
    const { batch, objective, loss, keyRate, optimizer, steps, seed, lessons, review, backend } =
      params;
    const report = throttled(progress);
    const { parameters, curve } = await train(
      {
        step: {
          model,
          objective,
          ...(loss === undefined ? {} : { loss }),
          batch,
          keyRate,
          optimizer,
        },
        parameters: initialise(modelParameters(model), seed),
        batches: batchSource(queries, model.layout, deck.keys, vocabulary(deck).pad, batch, seed),
        schedule: { peak: params.learningRate, warmUp: params.warmUp, steps },
        curriculum: { lessons, review },
        seed,
        backend,
      },
      {
        snapshots: snapshotsIn(checkpoint.folder, log),
        signal,
        onStep: ({ step, loss }) =>
          report({ done: step, total: steps, unit: 'step', values: { loss } }),
      },
    );
    writeModel(outputs.weights, { model, parameters, steps });
    writeCurve(outputs.curve, curve);
  },
});

/** @param pairs slots for pairs in a query's layout */
function configuration(
  { game, model, dim, encoder, keyScale }: Params,
  keys: number,
  values: number,
  pairs: number,
): ModelConfiguration {
  return {
    model,
    ...(dim === undefined ? {} : { dim }),
    keys,
    values,
    layout: game === 'shatter' ? { kind: 'members' } : { kind: 'pairs', pairs },
    encoder,
    keyScale,
  };
}

const REPORT_EVERY_MS = 250;

/** Passes on the first report, the last, and at most one per `REPORT_EVERY_MS` in between. */
function throttled<T extends { readonly done: number; readonly total: number }>(
  report: (progress: T) => void,
): (progress: T) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = performance.now();
    if (now - last < REPORT_EVERY_MS && progress.done < progress.total) return;
    last = now;
    report(progress);
  };
}
