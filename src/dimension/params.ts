import { z } from 'zod';
import { trainingBackend } from '../study/training/backend.ts';

/** Params of a search for vectors. */
export const SEARCH = {
  /** Most steps for KL; half as many follow for a margin, and for held-out queries. */
  steps: z.int().min(1),
  learningRate: z.number().positive(),
  backend: trainingBackend,
} as const;
