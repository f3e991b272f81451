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
