import type { Tensor2D } from '@tensorflow/tfjs';
import { compile } from '../../engine/index.ts';
import { stream } from '../../random/streams.ts';
import { deckOf } from '../../study/deck/deck.ts';
import {
  freeScores,
  optimise,
  type Search,
  startingVectors,
} from '../../study/floor/free-vectors.ts';
import { accuracyOf } from '../../study/metrics/accuracy.ts';
import { meanOf } from '../../study/metrics/aggregates.ts';
import { initialise, type Parameters, parameterCount } from '../../study/models/parameters.ts';
import type { LayerConfiguration } from '../../study/models/rows.ts';
import type { TrainingBackend } from '../../study/training/backend.ts';
import { crossEntropy, expectedInfoNce } from '../../study/training/losses.ts';
import type { RateSchedule } from '../../study/training/schedules.ts';
import { asState } from '../state.ts';
import { type TrainOptions, trainModel } from '../train.ts';
import { vocabularyOf } from './grammar.ts';
import { type ScenesModel, sceneScores, scenesParameters } from './model.ts';
import { type Asked, answersOf, batchOf, LONGEST, QuerySource } from './queries.ts';
import { LEVELS, type ScoreRow } from './tables.ts';
import type { Scene } from './world.ts';

interface ScenesTraining {
  /** Numbers per vector, or 0 for the model of half the size. */
  readonly d: number;
  readonly encoder: LayerConfiguration;
  /** Queries per step, of all levels alike. */
  readonly batch: number;
  readonly schedule: RateSchedule;
  readonly seed: number;
  readonly backend: TrainingBackend;
}

/** Trains one model on queries of all levels, and asks it others. */
export async function answerQueries(
  scenes: readonly Scene[],
  asked: readonly Asked[],
  { d, encoder, batch, schedule, seed, backend }: ScenesTraining,
  options: TrainOptions,
): Promise<readonly ScoreRow[]> {
  const source = new QuerySource(scenes);
  const K = scenes.length;
  const vocabulary = vocabularyOf(K).length;
  const model: ScenesModel = { d, encoder, scenes: K, vocabulary, length: LONGEST };
  const specs = scenesParameters(model);
  const objective = d > 0 ? expectedInfoNce : crossEntropy;
  const parameters = await trainModel(
    {
      name: `queries about scenes with d = ${d}`,
      parameters: initialise(specs, seed),
      inputs: {
        tokens: { shape: [batch, LONGEST], dtype: 'int32' },
        shares: { shape: [batch, K], dtype: 'float32' },
      },
      loss: (p, { tokens, shares }) =>
        objective(sceneScores(p, model, tokens as Tensor2D), shares as Tensor2D),
      batch: (step) => {
        const random = stream(seed, 'scenes', 'train', step);
        const drawn = Array.from({ length: batch }, () =>
          source.draw(LEVELS[random.below(LEVELS.length)], random),
        );
        return batchOf(source, drawn, K);
      },
      schedule,
      backend,
    },
    options,
  );
  const scores = await scoresOf(model, parameters, source, asked);
  const run = { d, seed, parameters: parameterCount(specs) };
  return scoreRows({ model: d > 0 ? 'contrastive' : 'half', ...run }, asked, scores, K);
}

async function scoresOf(
  model: ScenesModel,
  parameters: Parameters,
  source: QuerySource,
  asked: readonly Asked[],
): Promise<Float32Array> {
  const program = await compile({
    inputs: { tokens: { shape: [asked.length, LONGEST], dtype: 'int32' } },
    state: asState(parameters),
    step: ({ tokens }, p) => ({ outputs: { scores: sceneScores(p, model, tokens as Tensor2D) } }),
  });
  try {
    const { tokens } = batchOf(source, asked, model.scenes);
    const { scores } = await program.run({ tokens });
    return Float32Array.from(scores);
  } finally {
    await program.dispose();
  }
}

/** The best that vectors of d numbers were found to reach on these queries, one vector for each query and scene. */
export async function floorOf(
  asked: readonly Asked[],
  scenes: number,
  d: number,
  search: Search,
): Promise<readonly ScoreRow[]> {
  const sets = answersOf(asked, scenes);
  // Restarts begin from unrelated vectors or from a deck's structure, which scenes have in part.
  const start = startingVectors(sets, deckOf(scenes, 2), d, search);
  const found = await optimise(sets, d, 'kl', start, search);
  const rows = Array.from({ length: search.restarts }, (_, restart) =>
    scoreRows(
      { model: 'floor', d, seed: search.seed, parameters: (sets.count + scenes) * d },
      asked,
      freeScores(found, restart, sets, d),
      scenes,
    ),
  );
  const total = (all: readonly ScoreRow[]) => all.reduce((sum, { kl }) => sum + kl, 0);
  return rows.reduce((best, one) => (total(one) < total(best) ? one : best));
}

/** A row per level. // scores [queries, scenes] */
export function scoreRows(
  run: Pick<ScoreRow, 'model' | 'd' | 'seed' | 'parameters'>,
  asked: readonly Asked[],
  scores: Float32Array,
  scenes: number,
): readonly ScoreRow[] {
  const { isTrue, count } = answersOf(asked, scenes);
  const { kl, overlap } = accuracyOf(scores, isTrue, count, scenes);
  return LEVELS.flatMap((level): readonly ScoreRow[] => {
    const own = asked.flatMap((one, row) => (one.level === level ? [row] : []));
    if (own.length === 0) return [];
    const sizes = own.map((row) => asked[row].isTrue.reduce((sum, one) => sum + one, 0));
    return [
      {
        ...run,
        level,
        queries: own.length,
        size: meanOf(sizes).mean,
        kl: meanOf(own.map((row) => kl[row])).mean,
        overlap: meanOf(own.map((row) => overlap[row])).mean,
      },
    ];
  });
}
