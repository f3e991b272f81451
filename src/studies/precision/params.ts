import { z } from 'zod';

/** A training but for what its stage varies. */
export const TRAINING_PARAMS = {
  /** Width of both hidden layers. */
  hidden: z.int().min(1),
  steps: z.int().min(1),
  /** A power of two. */
  batch: z.int().min(1),
  learningRate: z.number().positive(),
  /** Examples that are trained on. */
  examples: z.int().min(1),
  /** Of these and of others, how many are asked. */
  asked: z.int().min(1),
  /** Steps between two times of asking. */
  every: z.int().min(1),
  /** Of the loss, where it is scaled. */
  firstScale: z.number().positive(),
  /** Steps without an overflow after which the scale doubles. */
  growthSteps: z.int().min(1),
} as const;
