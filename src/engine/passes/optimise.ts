import type { Value } from '../graph.ts';
import { foldBiases } from './fold-bias.ts';
import { foldRelus } from './fold-relu.ts';
import { foldScales } from './fold-scale.ts';
import { foldSquares } from './fold-square.ts';

/**
 * Rewrites the graph behind the outputs into an equal one that costs less (up to rounding: where
 * factors move through products, sums are rounded in another order). Values keep their identity; what
 * computes them changes.
 */
export const optimise = (outputs: readonly Value[]): void => {
  foldScales(outputs);
  foldBiases(outputs);
  foldSquares(outputs);
  foldRelus(outputs);
};
