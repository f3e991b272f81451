import type { Deck } from '../deck/deck.ts';
import type { Game } from '../games/query-set.ts';
import { type AnswerSets, setSizes } from './answer-sets.ts';

/**
 * The theorem by which d dimensions suffice for KL 0 and overlap 1; undefined where none applies,
 * although they may still suffice. A query reaches KL 0 (in the limit of long
 * vectors) if and only if its answer set is a face of the convex hull of the keys: all true keys on
 * one supporting hyperplane, no false one. All keys together always are.
 *
 *   no vectors              a non-contrastive model
 *   simplex                 d >= K - 1: every subset is a face
 *   product of simplices    the sets are subcubes, d >= A (v - 1): one simplex per attribute
 *   polygon                 the sets have one key, d >= 2: the keys on a circle
 *   cyclic polytope         the sets have at most d/2 keys: points on the moment curve (Gale 1963;
 *                           arXiv 2601.20844)
 */
export function exactFloor(
  game: Game,
  { keys, attributes, values }: Deck,
  sets: AnswerSets,
  dim: number | undefined,
): string | undefined {
  if (dim === undefined) return 'no vectors';
  if (dim >= keys - 1) return 'simplex';
  const areSubcubes = game === 'set' || game === 'star';
  if (areSubcubes && dim >= attributes * (values - 1)) return 'product of simplices';
  const largest = setSizes(sets).reduce((most, n) => (n < keys ? Math.max(most, n) : most), 0);
  if (largest === 1 && dim >= 2) return 'polygon';
  if (largest <= Math.floor(dim / 2)) return 'cyclic polytope';
  return undefined;
}
