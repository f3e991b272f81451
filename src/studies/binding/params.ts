import { z } from 'zod';

/** Params of `Structures`, which both measuring and reporting need. */
export const STRUCTURE_PARAMS = {
  fillers: z.int().min(2),
  fillerLength: z.int().min(1),
  bindings: z.int().min(1),
  trials: z.int().min(1),
  /** k, of whose pairs tree reconstruction errors are measured. */
  primitives: z.int().min(2),
} as const;
