import { z } from 'zod';
import { UNROLLED } from './training.ts';

/** Params of the stages that train free embeddings. */
export const TRAINING_PARAMS = {
  /** Dimension of the vectors. */
  d: z.int().min(1),
  seeds: z.array(z.int()).min(1),
  temperature: z.number().positive(),
  learningRate: z.number().positive(),
  // Those of `StoppingRule`.
  maxSteps: z.int().min(1),
  patience: z.int().min(1),
  minDelta: z.number().min(0),
  interval: z.int().min(UNROLLED).multipleOf(UNROLLED),
} as const;
