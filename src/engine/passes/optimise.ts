import type { Value } from '../graph/graph.ts';
import { foldAxes } from './fold-axes.ts';
import { foldBiases } from './fold-bias.ts';
import { foldRelus, foldSlopes } from './fold-relu.ts';
import { foldScales } from './fold-scale.ts';
import { foldSquares } from './fold-square.ts';
import { foldSums } from './fold-sum.ts';
import { foldTransposes } from './fold-transpose.ts';
import { usesOf } from './uses.ts';

/**
 * Rewrites the graph that computes the outputs into an equal one that costs less (up to rounding: where
 * factors move through products, sums are rounded in another order). Values keep their identity; the
 * nodes that compute them change.
 */
export function optimise(outputs: readonly Value[]): void {
  const before = usesOf(outputs);
  foldScales(before);
  foldSlopes(before);
  foldTransposes(before);
  // Counted again: the first passes make sums that become part of products, and remove readers.
  const after = usesOf(outputs);
  foldBiases(after);
  foldSquares(after);
  foldRelus(after);
  foldAxes(after);
  foldSums(after);
}
