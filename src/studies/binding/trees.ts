import type { Stream } from '../../random/stream.ts';
import { bind, rank, unbind, type Vector } from './tensor-product.ts';

/**
 * Recursive binding: a full binary tree of depth D holds a filler in each of its 2^D leaves. A tree is
 * the binding of its two subtrees to the roles `left` and `right`:
 * T(tree) = T(left subtree) ⊗ r_left + T(right subtree) ⊗ r_right (Smolensky 1990, section 3.7), so
 * every level multiplies the size of the tensor by the length of a role.
 * // leaves 2^D x [F], roles 2 x [R] -> [F, R, ..., R] (D times R)
 */
export function bindTree(leaves: readonly Vector[], roles: readonly [Vector, Vector]): Vector {
  if (leaves.length === 1) return leaves[0];
  const half = leaves.length / 2;
  const left = bindTree(leaves.slice(0, half), roles);
  const right = bindTree(leaves.slice(half), roles);
  return bind([left, right], roles);
}

/** The filler of a leaf: one unbinding per level, from the root down. */
export function leafOf(
  tree: Vector,
  leaf: number,
  depth: number,
  unbinders: readonly [Vector, Vector],
): Vector {
  let subtree = tree;
  for (let level = depth - 1; level >= 0; level--) {
    subtree = unbind(subtree, unbinders[(leaf >> level) & 1 ? 1 : 0]);
  }
  return subtree;
}

/**
 * Rank of the tree's tensor as a matrix of fillers against role paths [F, R^D]: min(F, 2^D) for
 * independent fillers and roles. Every level doubles it until the fillers span their space.
 */
export function treeRank(tree: Vector, fillerLength: number): number {
  const columns = tree.length / fillerLength;
  return rank(
    Array.from({ length: fillerLength }, (_, a) => tree.slice(a * columns, (a + 1) * columns)),
  );
}

/** n numbers ±1. */
export function signs(n: number, random: Stream): Vector {
  return Float64Array.from({ length: n }, () => (random.u32() & 1 ? 1 : -1));
}

/**
 * The Hadamard approximation: every leaf multiplied element by element with the ±1 role vectors of
 * its path, one pair of roles per level, and all leaves added up: n numbers at any depth
 * (multiply-add-permute, Gayler 1998). // leaves 2^D x [n], roles D x 2 x [n] -> [n]
 */
export function hadamardTree(
  leaves: readonly Vector[],
  roles: readonly (readonly [Vector, Vector])[],
): Vector {
  const sum = new Float64Array(leaves[0].length);
  leaves.forEach((leaf, i) => {
    const bound = hadamardLeaf(leaf, i, roles);
    for (let a = 0; a < sum.length; a++) sum[a] += bound[a];
  });
  return sum;
}

/** Binds a vector to a leaf's path, and unbinds it again: ±1 roles are their own inverses. */
export function hadamardLeaf(
  vector: Vector,
  leaf: number,
  roles: readonly (readonly [Vector, Vector])[],
): Vector {
  const bound = vector.slice();
  roles.forEach((pair, level) => {
    const role = pair[(leaf >> level) & 1 ? 1 : 0];
    for (let a = 0; a < bound.length; a++) bound[a] *= role[a];
  });
  return bound;
}

/**
 * Expected share of leaves recovered by the Hadamard approximation. Unbinding gives the right filler
 * plus L - 1 intruders of n random signs each, v = f + e. Its product with f is n + c, with
 * c = f · e about normal of variance n (L - 1); with any of the other V - 1 fillers about normal of
 * variance |v|² = n L + 2 c, with |e|² at its mean. Hence, with c = sqrt(n (L - 1)) z,
 * P = ∫ φ(z) Φ((n + c) / sqrt(n L + 2 c))^(V - 1) dz.
 */
export function expectedRecovery(n: number, leaves: number, fillers: number): number {
  const STEP = 0.01;
  let sum = 0;
  for (let z = -8; z <= 8; z += STEP) {
    const c = Math.sqrt(n * (leaves - 1)) * z;
    const right = n + c;
    // |v|² is at least 0, but its approximation is negative for z far below 0.
    const spread = Math.sqrt(Math.max(n * leaves + 2 * c, 1));
    sum += Math.exp((-z * z) / 2) * normalCdf(right / spread) ** (fillers - 1) * STEP;
  }
  return sum / Math.sqrt(2 * Math.PI);
}

/** Φ by Abramowitz and Stegun 7.1.26: error below 1.5e-7. */
function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - series * Math.exp(-z * z);
  return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}
