import { z } from 'zod';
import { trainingBackend } from '../../study/training/backend.ts';
import { BATCHES } from './batches.ts';
import type { CubesTraining } from './experiment.ts';
import { MODELS } from './model.ts';
import type { Pictures } from './pictures.ts';
import { lengthOf } from './words.ts';

/** Which stacks there are, and which of them training leaves out. */
export const STACK_PARAMS = {
  /** Numbers of cubes. */
  heights: z.array(z.int().min(2).max(6)).min(1),
  /** Share of the captions. */
  heldOut: z.number().min(0).max(0.5),
  /** Pictures of every caption that is tested. */
  testViews: z.int().min(1),
  /** Of pictures and held-out captions. */
  pictureSeed: z.int(),
} as const;

/** What is trained, and how. */
export const MODEL_PARAMS = {
  scorer: z.enum(MODELS),
  /** d; 0 for `cross`. */
  vectorSize: z.int().min(0),
  batches: z.enum(BATCHES),
  /** Of each of the two towers, or of the one transformer of `cross`. */
  encoder: z.strictObject({
    layers: z.int().min(1),
    width: z.int().min(1),
    heads: z.int().min(1),
    feedForward: z.int().min(1),
  }),
  /** Pixels of a patch's edge. */
  patch: z.int().min(1),
  batch: z.int().min(2),
  /** Pictures that `cross` scores against one another's captions. */
  group: z.int().min(2),
  steps: z.int().min(1),
  learningRate: z.number().positive(),
  warmUp: z.int().min(0),
  backend: trainingBackend,
} as const;

type ModelParams = z.infer<z.ZodObject<typeof MODEL_PARAMS>>;

/** The training that the params mean, on pictures of this size. */
export function trainingOf(
  params: ModelParams,
  { size, captions }: Pictures,
  seed: number,
): CubesTraining {
  const { scorer, vectorSize, batches, encoder, patch, batch, group, backend } = params;
  const tallest = Math.max(...captions.map(({ colours }) => colours.length));
  return {
    model: { model: scorer, d: vectorSize, encoder, size, patch, words: lengthOf(tallest) },
    batches,
    batch,
    group,
    schedule: { peak: params.learningRate, warmUp: params.warmUp, steps: params.steps },
    seed,
    backend,
  };
}
