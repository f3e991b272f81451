import type { Scalar, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { compile, type NamedSpecs, type StepDefinition, tf } from '../../engine/index.ts';
import { stream } from '../../random/streams.ts';
import { initialise, type Parameters } from '../../study/models/parameters.ts';
import type { TrainingBackend } from '../../study/training/backend.ts';
import type { RateSchedule } from '../../study/training/schedules.ts';
import { asState } from '../state.ts';
import { type TrainOptions, trainModel } from '../train.ts';
import { type Batches, batchOf, drawCaptions } from './batches.ts';
import type { BlockScores } from './blocks.ts';
import { blocksOf } from './captions.ts';
import { type CubesModel, cubesParameters, groupScores } from './model.ts';
import type { Pictures } from './pictures.ts';

export interface CubesTraining {
  readonly model: CubesModel;
  readonly batches: Batches;
  /** Pictures per step. */
  readonly batch: number;
  /** Pictures that `cross` scores against one another's captions; the others score the whole batch. */
  readonly group: number;
  readonly schedule: RateSchedule;
  readonly seed: number;
  readonly backend: TrainingBackend;
}

/** Trains a model on pictures and their captions with symmetric InfoNCE. */
export function trainCubes(
  { model, batches, batch, group, schedule, seed, backend }: CubesTraining,
  pictures: Pictures,
  options: TrainOptions,
): Promise<Parameters> {
  const G = model.model === 'cross' ? batch / group : 1;
  return trainModel(
    {
      name: `'${model.model}' on stacked cubes`,
      parameters: initialise(cubesParameters(model), seed),
      inputs: batchSpecs(model, batch),
      loss: (p, inputs) => {
        const { pictures: drawn, captions } = inputs;
        return groupLoss(groupScores(p, model, drawn as Tensor4D, captions as Tensor2D, G));
      },
      batch: (step) => {
        const random = stream(seed, 'cubes', 'view', step);
        const rows = drawCaptions(pictures.captions, batches, batch, seed, step);
        return { ...batchOf(pictures, rows, () => random.below(pictures.views), model.words) };
      },
      schedule,
      backend,
    },
    options,
  );
}

/** Symmetric InfoNCE (`sampledInfoNce`) within every group, mean over the groups. // [G, n, n] */
export function groupLoss(scores: Tensor3D): Scalar {
  const [G, n] = scores.shape;
  const positive = tf.sum(tf.mul(scores, tf.eye(n)));
  const rows = tf.sum(tf.logSumExp(scores, 2));
  const columns = tf.sum(tf.logSumExp(scores, 1));
  return tf.div(tf.sub(tf.div(tf.add(rows, columns), 2), positive), G * n);
}

function batchSpecs({ size, words }: CubesModel, count: number): NamedSpecs {
  return {
    pictures: { shape: [count, 3, size, size], dtype: 'float32' },
    captions: { shape: [count, words], dtype: 'int32' },
  };
}

/** The function from `count` pictures and captions to all their scores. // [count, count] */
function blockStep(model: CubesModel, parameters: Parameters, count: number): StepDefinition {
  return {
    inputs: batchSpecs(model, count),
    state: asState(parameters),
    step: ({ pictures, captions }, p) => {
      const scores = groupScores(p, model, pictures as Tensor4D, captions as Tensor2D, 1);
      return { outputs: { scores: tf.reshape(scores, [count, count]) } };
    },
  };
}

/** Scores of every block of captions, once per view. */
export async function scoreBlocks(
  model: CubesModel,
  parameters: Parameters,
  pictures: Pictures,
  signal: AbortSignal,
): Promise<readonly BlockScores[]> {
  const rowOf = new Map(pictures.captions.map((caption, row) => [caption, row]));
  const blocks = [...blocksOf(pictures.captions).values()];
  const scored: BlockScores[] = [];
  for (const count of new Set(blocks.map(({ length }) => length))) {
    const program = await compile(blockStep(model, parameters, count));
    try {
      for (const captions of blocks.filter(({ length }) => length === count)) {
        const rows = captions.map((caption) => rowOf.get(caption) ?? 0);
        for (let view = 0; view < pictures.views; view++) {
          signal.throwIfAborted();
          const batch = batchOf(pictures, rows, () => view, model.words);
          const { scores } = await program.run({ ...batch });
          scored.push({ captions, scores: Float32Array.from(scores) });
        }
      }
    } finally {
      await program.dispose();
    }
  }
  return scored;
}
