import { z } from 'zod';
import { trainingBackend } from '../study/training/backend.ts';

/** Params of stages that train an encoder-decoder transformer. */
export const ENCODER_DECODER = {
  seed: z.int(),
  layers: z.int().min(1),
  heads: z.int().min(1),
  /** Numbers per token (`d_model`). */
  width: z.int().min(2),
  feedForward: z.int().min(1),
  batch: z.int().min(1),
  steps: z.int().min(1),
  /** Peak of Adam's learning rate: linear warm-up, then half a cosine down to zero. */
  learningRate: z.number().positive(),
  warmUp: z.int().min(0),
  /** Steps between evaluations. */
  every: z.int().min(1),
  backend: trainingBackend,
} as const;
