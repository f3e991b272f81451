import type { Coefficients } from './coefficients.ts';

/**
 * Regressions on the 43 problems of the group's default profile, from `coefficients.json` of the stage
 * plot-dimension: the three measures that foretell best by themselves, and can be had of larger and
 * larger judgements.
 */
export const COEFFICIENTS: readonly Coefficients[] = [
  { predictor: 'gamma2Upper', target: 'd90', weights: [-0.6423, 1.817], factor: 1.7 },
  { predictor: 'gamma2Upper', target: 'd99', weights: [-0.4424, 1.856], factor: 1.66 },
  { predictor: 'effectiveRank', target: 'd90', weights: [-0.1257, 0.6317], factor: 1.77 },
  { predictor: 'effectiveRank', target: 'd99', weights: [0.1321, 0.6306], factor: 1.78 },
  { predictor: 'distinctSets', target: 'd90', weights: [0.6202, 0.2562], factor: 1.74 },
  { predictor: 'distinctSets', target: 'd99', weights: [0.7036, 0.291], factor: 1.71 },
];
