import type { Tensor2D } from '@tensorflow/tfjs';
import {
  adam,
  compile,
  type NamedTensors,
  type StepDefinition,
  tf,
  valueAndGradients,
} from '../../engine/index.ts';
import { stream } from '../../random/streams.ts';
import { expectedInfoNce } from '../../study/training/losses.ts';
import type { DistinctQueries } from './queries.ts';

export interface TrainingSettings {
  readonly steps: number;
  readonly learningRate: number;
}

export interface TrainingTask extends TrainingSettings {
  readonly queries: DistinctQueries;
  readonly keys: number;
  /** Dimension of the embeddings, and so the largest possible rank of their scores. */
  readonly d: number;
  readonly seed: number;
}

/** Steps per run of the program: the fixed cost of a run is shared by them. */
export const UNROLLED = 10;

const optimizer = adam();

/**
 * Trains one free vector per query and per key, dot product as score, with the contrastive loss over
 * all queries at once, each with all its keys as positives (`expectedInfoNce`).
 *
 * @returns scores of the last step // [Q, keys]
 */
export async function trainedScores(task: TrainingTask): Promise<Float32Array> {
  const program = await compile(unrolledStep(task));
  try {
    let scores: ArrayLike<number> = [];
    for (let steps = 0; steps < task.steps; steps += UNROLLED) {
      ({ scores } = await program.run({}));
    }
    return Float32Array.from(scores);
  } finally {
    await program.dispose();
  }
}

function unrolledStep({ queries, keys, d, learningRate, seed }: TrainingTask): StepDefinition {
  const random = stream(seed, 'low-rank', queries.count, keys, d);
  // N(0, 1 / d), so that the d products of a score add up to variance 1 / d.
  const table = (rows: number) => ({
    shape: [rows, d],
    dtype: 'float32' as const,
    values: Float32Array.from({ length: rows * d }, () => random.normal() / Math.sqrt(d)),
  });
  const parameters = { queries: table(queries.count), keys: table(keys) };
  const shares = queries.matrix.slice();
  queries.matching.forEach((keysOfQuery, row) => {
    for (const key of keysOfQuery) shares[row * keys + key] = 1 / keysOfQuery.length;
  });
  return {
    inputs: {},
    state: {
      ...parameters,
      ...optimizer.initialState(parameters),
      shares: { shape: [queries.count, keys], dtype: 'float32', values: shares },
    },
    step: (_, { shares: target, ...before }) => {
      let state: NamedTensors = before;
      for (let i = 0; i < UNROLLED; i++) {
        const trained = { queries: state.queries, keys: state.keys };
        const { gradients } = valueAndGradients(
          (p) => expectedInfoNce(scoresOf(p), target as Tensor2D),
          trained,
        );
        const rate = tf.scalar(learningRate);
        const next = optimizer.update({
          parameters: trained,
          gradients,
          state,
          learningRate: rate,
        });
        state = { ...next.state, ...next.parameters };
      }
      return { outputs: { scores: scoresOf(state) }, state };
    },
  };
}

/** [Q, keys] */
function scoresOf({ queries, keys }: NamedTensors): Tensor2D {
  return tf.matMul(queries, keys, false, true) as Tensor2D;
}
