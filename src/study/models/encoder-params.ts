import { z } from 'zod';

/** Param of stages that train a transformer of the study. */
export const ENCODER = z.strictObject({
  layers: z.int().min(1),
  /** Numbers per token between layers (`d_model`). */
  width: z.int().min(1),
  /** Attention heads. */
  heads: z.int().min(1),
  /** Hidden units of the feed-forward layers. */
  feedForward: z.int().min(1),
  /** A query's vector: the mean of its tokens' vectors, or that of its `start` token. */
  pooling: z.enum(['mean', 'start']).default('mean'),
});
