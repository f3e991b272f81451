import type { Stream } from '../../random/stream.ts';

/** A tree of variables: fillers in its leaves, and a role for each child of a node. */
export type VariableTree<F> =
  | { readonly filler: F }
  | { readonly children: readonly VariableTree<F>[] };

/** What a variable-binding tree is like. */
export interface TreeShape {
  readonly leaves: number;
  /** Roles on the way to the deepest leaf, at most. */
  readonly height: number;
  /** Children of a node, at most: so many roles there are at every level. */
  readonly width: number;
}

/**
 * A random variable-binding tree: every node shares its leaves out among 2 to `width` children, none of
 * which gets more than fit below it, and a single leaf ends its branch. Full trees have width^height leaves.
 *
 * @throws RangeError if there is no room for the leaves
 */
export function variableTree<F>(
  shape: TreeShape,
  fillerOf: () => F,
  random: Stream,
): VariableTree<F> {
  const { leaves, height, width } = shape;
  if (leaves > width ** height) {
    throw new RangeError(`${leaves} leaves in a tree of height ${height} and width ${width}`);
  }
  if (leaves === 1) return { filler: fillerOf() };
  const most = width ** (height - 1);
  const least = Math.max(2, Math.ceil(leaves / most));
  const count = least + random.below(Math.min(width, leaves) - least + 1);
  const shares = Array.from({ length: count }, () => 1);
  for (let left = leaves - count; left > 0; left--) {
    const open = shares.flatMap((share, child) => (share < most ? [child] : []));
    shares[open[random.below(open.length)]]++;
  }
  return {
    children: shares.map((own) =>
      variableTree({ leaves: own, height: height - 1, width }, fillerOf, random),
    ),
  };
}

/** A leaf, and the roles to it from the root down. */
export interface Leaf<F> {
  readonly filler: F;
  readonly path: readonly number[];
}

/** The leaves from left to right. */
export function leavesOf<F>(
  tree: VariableTree<F>,
  path: readonly number[] = [],
): readonly Leaf<F>[] {
  if ('filler' in tree) return [{ filler: tree.filler, path }];
  return tree.children.flatMap((child, role) => leavesOf(child, [...path, role]));
}
