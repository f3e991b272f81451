import { z } from 'zod';
import { UNROLLED } from './free-embeddings.ts';

/** Params of how free embeddings are optimised. */
export const FREE_EMBEDDING = {
  temperature: z.number().positive(),
  learningRate: z.number().positive(),
} as const;

/** Params of `StoppingRule`. */
export const STOPPING = {
  maxSteps: z.int().min(1),
  patience: z.int().min(1),
  minDelta: z.number().min(0),
  interval: z.int().min(UNROLLED).multipleOf(UNROLLED),
} as const;
