import { type Stream, stream } from '../../random/streams.ts';
import type { RowTypes } from '../../tables/records.ts';
import {
  bind,
  dot,
  dualBasis,
  nearest,
  selfAddresses,
  unbind,
  type Vector,
} from './tensor-product.ts';
import {
  bindTree,
  expectedRecovery,
  hadamardLeaf,
  hadamardTree,
  leafOf,
  signs,
  treeRank,
} from './trees.ts';

export interface BindingSettings {
  /** V: fillers that an unbound vector may turn out to be. */
  readonly fillers: number;
  /** Numbers per filler of tensor products. */
  readonly fillerLength: number;
  /** Bindings per list. */
  readonly bindings: number;
  /** Numbers per role of lists. */
  readonly roleLengths: readonly number[];
  /** Depths of trees, which have 2^depth leaves. */
  readonly depths: readonly number[];
  /** n, numbers per Hadamard vector. */
  readonly dimensions: readonly number[];
  /** Random structures per point. */
  readonly trials: number;
  readonly seed: number;
}

export type Method = 'dual' | 'self' | 'self, orthogonal' | 'tree, dual' | 'hadamard';

/** How much of a kind of structure comes back. */
export interface Recovery {
  readonly method: Method;
  /** Numbers per role, or n of Hadamard vectors. */
  readonly dimension: number;
  /** Of trees; 0 for lists. */
  readonly depth: number;
  /** Fillers that one structure holds. */
  readonly held: number;
  /** Numbers that hold the structure. */
  readonly numbers: number;
  /** Share of fillers that come back as themselves. */
  readonly recovered: number;
  /** The same by theory, where there is one. */
  readonly expected?: number;
  /** Rank of the structure's matrix of fillers against roles, the highest of the trials. */
  readonly rank?: number;
}

export const RECOVERY_TABLE: RowTypes<Recovery> = {
  method: 'utf8',
  dimension: 'int32',
  depth: 'int32',
  held: 'int32',
  numbers: 'int32',
  recovered: 'float64',
  expected: 'float64',
  rank: 'int32',
};

const gaussian = (n: number, random: Stream): Vector =>
  Float64Array.from({ length: n }, () => random.normal());

/**
 * Lists of bindings to random roles, unbound by the dual basis, by the roles themselves, and by
 * orthogonal roles themselves. More roles than numbers in a role have neither a dual basis nor
 * orthogonal roles: such rows are left out.
 */
export function lists(settings: BindingSettings): readonly Recovery[] {
  const { bindings, roleLengths, trials, seed, fillerLength } = settings;
  return roleLengths.flatMap((length) => {
    const counts = new Map<Method, number>();
    let highest = 0;
    for (let trial = 0; trial < trials; trial++) {
      const random = stream(seed, 'binding', 'lists', length, trial);
      const known = Array.from({ length: settings.fillers }, () => gaussian(fillerLength, random));
      const held = Array.from({ length: bindings }, () => random.below(known.length));
      const roles = Array.from({ length: bindings }, () => gaussian(length, random));
      const fillers = held.map((filler) => known[filler]);
      const tensor = bind(fillers, roles);
      highest = Math.max(highest, treeRank(tensor, fillerLength));
      const count = (method: Method, of: Vector, unbinders: readonly Vector[]) => {
        const right = unbinders.filter((u, i) => nearest(unbind(of, u), known) === held[i]).length;
        counts.set(method, (counts.get(method) ?? 0) + right);
      };
      count('self', tensor, selfAddresses(roles));
      if (length < bindings) continue;
      count('dual', tensor, dualBasis(roles));
      const orthogonal = orthogonalised(roles);
      count('self, orthogonal', bind(fillers, orthogonal), selfAddresses(orthogonal));
    }
    return [...counts].map(([method, right]) => ({
      method,
      dimension: length,
      depth: 0,
      held: bindings,
      numbers: fillerLength * length,
      recovered: right / (trials * bindings),
      rank: highest,
    }));
  });
}

/** Trees by recursive tensor products with roles of two numbers, unbound by the dual basis. */
export function tensorTrees(settings: BindingSettings): readonly Recovery[] {
  const { depths, trials, seed, fillerLength } = settings;
  return depths.map((depth) => {
    const leaves = 2 ** depth;
    let [right, highest] = [0, 0];
    for (let trial = 0; trial < trials; trial++) {
      const random = stream(seed, 'binding', 'trees', depth, trial);
      const known = Array.from({ length: settings.fillers }, () => gaussian(fillerLength, random));
      const held = distinct(leaves, known.length, random);
      const roles = rolesApart(random);
      const fillers = held.map((filler) => known[filler]);
      const tree = bindTree(fillers, roles);
      const [forLeft, forRight] = dualBasis(roles);
      held.forEach((filler, leaf) => {
        if (nearest(leafOf(tree, leaf, depth, [forLeft, forRight]), known) === filler) right++;
      });
      highest = Math.max(highest, treeRank(tree, fillerLength));
    }
    return {
      method: 'tree, dual' as const,
      dimension: 2,
      depth,
      held: leaves,
      numbers: fillerLength * 2 ** depth,
      recovered: right / (trials * leaves),
      rank: highest,
    };
  });
}

/** Trees in vectors of n numbers whatever their depth: the Hadamard approximation. */
export function hadamardTrees(settings: BindingSettings): readonly Recovery[] {
  const { depths, dimensions, trials, seed, fillers } = settings;
  return depths.flatMap((depth) =>
    dimensions.map((n) => {
      const leaves = 2 ** depth;
      let right = 0;
      for (let trial = 0; trial < trials; trial++) {
        const random = stream(seed, 'binding', 'hadamard', depth, n, trial);
        const known = Array.from({ length: fillers }, () => signs(n, random));
        const levels = Array.from(
          { length: depth },
          () => [signs(n, random), signs(n, random)] as const,
        );
        const held = Array.from({ length: leaves }, () => random.below(fillers));
        const bound = held.map((filler) => known[filler]);
        const sum = hadamardTree(bound, levels);
        held.forEach((filler, leaf) => {
          if (nearest(hadamardLeaf(sum, leaf, levels), known) === filler) right++;
        });
      }
      return {
        method: 'hadamard' as const,
        dimension: n,
        depth,
        held: leaves,
        numbers: n,
        recovered: right / (trials * leaves),
        expected: expectedRecovery(n, leaves, fillers),
      };
    }),
  );
}

/**
 * Two roles of two numbers, at least 26 degrees from parallel: unbinding D levels multiplies rounding by
 * the D-th power of the roles' condition number.
 */
function rolesApart(random: Stream): readonly [Vector, Vector] {
  for (;;) {
    const [left, right] = [gaussian(2, random), gaussian(2, random)];
    const cosine = dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
    if (Math.abs(cosine) < 0.9) return [left, right];
  }
}

/** `count` different numbers below `most`, as far as there are so many: then they start over. */
function distinct(count: number, most: number, random: Stream): readonly number[] {
  const order = Array.from({ length: most }, (_, i) => i);
  random.shuffle(order);
  return Array.from({ length: count }, (_, i) => order[i % most]);
}

/** Gram-Schmidt. */
function orthogonalised(vectors: readonly Vector[]): readonly Vector[] {
  const found: Vector[] = [];
  for (const vector of vectors) {
    const rest = vector.slice();
    for (const other of found) {
      const factor = dot(rest, other) / dot(other, other);
      for (let i = 0; i < rest.length; i++) rest[i] -= factor * other[i];
    }
    found.push(rest);
  }
  return found;
}
