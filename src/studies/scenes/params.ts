import { z } from 'zod';

/** The scenes that queries select from. */
export const WORLD_PARAMS = {
  /** A power of two, at most 64. */
  scenes: z.int().min(2).max(64),
  /** Objects of a scene. */
  fewest: z.int().min(1),
  most: z.int().min(1),
  /** Of the scenes. */
  worldSeed: z.int(),
} as const;

/** The queries that models are asked. */
export const ASKED_PARAMS = {
  /** Of every level. */
  perLevel: z.int().min(1),
} as const;
