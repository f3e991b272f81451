import { z } from 'zod';

/** Params that both measuring and reporting need. */
export const STRUCTURE_PARAMS = {
  /** V: fillers to choose from. */
  fillers: z.int().min(2),
  /** F: numbers per filler of tensor products. */
  fillerLength: z.int().min(1),
  /** Bindings per list. */
  bindings: z.int().min(1),
  /** Random structures per row. */
  trials: z.int().min(1),
} as const;
