import type { Coefficients } from './coefficients.ts';

/**
 * Regressions on the problems of the group's default profile: `coefficients.json` of stage
 * plot-dimension, those that are worth quoting.
 */
export const COEFFICIENTS: readonly Coefficients[] = [];
