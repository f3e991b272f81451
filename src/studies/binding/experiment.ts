import type { Stream } from '../../random/stream.ts';
import { stream } from '../../random/streams.ts';
import { CODES, type Code, decodeTree, encodeTree, type Roles } from './codes.ts';
import { expectedOf, expectedRecovery } from './expected.ts';
import type { Method, RecoveryRow, ShapeRow, Structures } from './tables.ts';
import {
  bind,
  dot,
  dualBasis,
  nearest,
  selfAddresses,
  unbind,
  type Vector,
} from './tensor-product.ts';
import { bindTree, hadamardLeaf, hadamardTree, leafOf, signs, treeRank } from './trees.ts';
import { leavesOf, type TreeShape, variableTree } from './variable-tree.ts';

interface BindingSettings extends Structures {
  /** Numbers per role of lists. */
  readonly roleLengths: readonly number[];
  /** Depths of trees; one of depth D has 2^D leaves. */
  readonly depths: readonly number[];
  /** n, numbers per Hadamard vector. */
  readonly dimensions: readonly number[];
  readonly seed: number;
}

interface ShapeSettings extends Structures {
  readonly shapes: readonly TreeShape[];
  /** n, numbers per tree. */
  readonly shapeNumbers: number;
  readonly seed: number;
}

function gaussian(n: number, random: Stream): Vector {
  return Float64Array.from({ length: n }, () => random.normal());
}

/**
 * Lists of bindings to random roles, unbound by the dual basis, by the roles themselves, and by
 * orthogonal roles themselves. If there are more roles than numbers per role, neither a dual basis nor
 * orthogonal roles exist, and those rows are left out.
 */
export function lists(settings: BindingSettings): readonly RecoveryRow[] {
  const { bindings, roleLengths, trials, seed, fillerLength } = settings;
  return roleLengths.flatMap((length) => {
    const counts = new Map<Method, number>();
    let highest = 0;
    for (let trial = 0; trial < trials; trial++) {
      const random = stream(seed, 'binding', 'lists', length, trial);
      const vocabulary = Array.from({ length: settings.fillers }, () =>
        gaussian(fillerLength, random),
      );
      const held = Array.from({ length: bindings }, () => random.below(vocabulary.length));
      const roles = Array.from({ length: bindings }, () => gaussian(length, random));
      const fillers = held.map((filler) => vocabulary[filler]);
      const tensor = bind(fillers, roles);
      highest = Math.max(highest, treeRank(tensor, fillerLength));
      const count = (method: Method, list: Vector, unbinders: readonly Vector[]) => {
        const recovered = unbinders.filter(
          (u, i) => nearest(unbind(list, u), vocabulary) === held[i],
        ).length;
        counts.set(method, (counts.get(method) ?? 0) + recovered);
      };
      count('self', tensor, selfAddresses(roles));
      if (length < bindings) continue;
      count('dual', tensor, dualBasis(roles));
      const orthogonal = orthogonalised(roles);
      count('self, orthogonal', bind(fillers, orthogonal), selfAddresses(orthogonal));
    }
    return [...counts].map(([method, count]) => ({
      method,
      dimension: length,
      depth: 0,
      held: bindings,
      numbers: fillerLength * length,
      recovered: count / (trials * bindings),
      rank: highest,
    }));
  });
}

/** Trees by recursive tensor products with roles of two numbers, unbound by the dual basis. */
export function tensorTrees(settings: BindingSettings): readonly RecoveryRow[] {
  const { depths, trials, seed, fillerLength } = settings;
  return depths.map((depth) => {
    const leaves = 2 ** depth;
    let [recovered, highest] = [0, 0];
    for (let trial = 0; trial < trials; trial++) {
      const random = stream(seed, 'binding', 'trees', depth, trial);
      const vocabulary = Array.from({ length: settings.fillers }, () =>
        gaussian(fillerLength, random),
      );
      const held = distinct(leaves, vocabulary.length, random);
      const roles = separatedRoles(random);
      const fillers = held.map((filler) => vocabulary[filler]);
      const tree = bindTree(fillers, roles);
      const [forLeft, forRight] = dualBasis(roles);
      held.forEach((filler, leaf) => {
        if (nearest(leafOf(tree, leaf, depth, [forLeft, forRight]), vocabulary) === filler)
          recovered++;
      });
      highest = Math.max(highest, treeRank(tree, fillerLength));
    }
    return {
      method: 'tree, dual' as const,
      dimension: 2,
      depth,
      held: leaves,
      numbers: fillerLength * 2 ** depth,
      recovered: recovered / (trials * leaves),
      rank: highest,
    };
  });
}

/** Trees in vectors of n numbers at any depth: the Hadamard approximation. */
export function hadamardTrees(settings: BindingSettings): readonly RecoveryRow[] {
  const { depths, dimensions, trials, seed, fillers } = settings;
  return depths.flatMap((depth) =>
    dimensions.map((n) => {
      const leaves = 2 ** depth;
      let recovered = 0;
      for (let trial = 0; trial < trials; trial++) {
        const random = stream(seed, 'binding', 'hadamard', depth, n, trial);
        const vocabulary = Array.from({ length: fillers }, () => signs(n, random));
        const levels = Array.from(
          { length: depth },
          () => [signs(n, random), signs(n, random)] as const,
        );
        const held = Array.from({ length: leaves }, () => random.below(fillers));
        const bound = held.map((filler) => vocabulary[filler]);
        const sum = hadamardTree(bound, levels);
        held.forEach((filler, leaf) => {
          if (nearest(hadamardLeaf(sum, leaf, levels), vocabulary) === filler) recovered++;
        });
      }
      return {
        method: 'hadamard' as const,
        dimension: n,
        depth,
        held: leaves,
        numbers: n,
        recovered: recovered / (trials * leaves),
        expected: expectedRecovery(n, leaves, fillers),
      };
    }),
  );
}

/** Trees in n numbers by convolution and by exclusive or: full binary ones of every depth. */
export function codedTrees(settings: BindingSettings): readonly RecoveryRow[] {
  const { depths, dimensions, fillers } = settings;
  return CODES.flatMap((code) =>
    depths.flatMap((depth) =>
      dimensions.map((n) => {
        const shape = { leaves: 2 ** depth, height: depth, width: 2 };
        const expected = expectedOf(code.method, { n, depth, fillers });
        return {
          method: code.method,
          dimension: n,
          depth,
          held: shape.leaves,
          numbers: n,
          recovered: recoveredShare(code, shape, n, settings),
          ...(expected === undefined ? {} : { expected }),
        };
      }),
    ),
  );
}

/** As many leaves in trees of other shapes: flat ones, and tall ones. */
export function shapedTrees(settings: ShapeSettings): readonly ShapeRow[] {
  const { shapes, shapeNumbers } = settings;
  return CODES.flatMap((code) =>
    shapes.map((shape) => ({
      method: code.method,
      ...shape,
      numbers: shapeNumbers,
      recovered: recoveredShare(code, shape, shapeNumbers, settings),
    })),
  );
}

/** Of random variable-binding trees the share of the leaves that are recovered. */
function recoveredShare(
  code: Code,
  shape: TreeShape,
  n: number,
  { fillers, trials, seed }: Structures & { readonly seed: number },
): number {
  const { leaves, height, width } = shape;
  let recovered = 0;
  for (let trial = 0; trial < trials; trial++) {
    const random = stream(seed, 'binding', code.method, leaves, height, width, n, trial);
    const vocabulary = Array.from({ length: fillers }, () => code.filler(n, random));
    const roles: Roles = Array.from({ length: height }, () =>
      Array.from({ length: width }, () => code.role(n, random)),
    );
    const tree = variableTree(shape, () => vocabulary[random.below(fillers)], random);
    const found = decodeTree(code, encodeTree(code, tree, roles, random), tree, roles);
    const held = leavesOf(tree);
    recovered += held.filter(
      ({ filler }, leaf) => vocabulary[nearest(found[leaf], vocabulary)] === filler,
    ).length;
  }
  return recovered / (trials * leaves);
}

/**
 * Two roles of two numbers, at least 26 degrees from parallel: unbinding D levels multiplies rounding
 * errors by the D-th power of the roles' condition number.
 */
function separatedRoles(random: Stream): readonly [Vector, Vector] {
  for (;;) {
    const [left, right] = [gaussian(2, random), gaussian(2, random)];
    const cosine = dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
    if (Math.abs(cosine) < 0.9) return [left, right];
  }
}

/** `count` numbers below `most`, all different unless `count` is larger: then they repeat. */
function distinct(count: number, most: number, random: Stream): readonly number[] {
  const order = Array.from({ length: most }, (_, i) => i);
  random.shuffle(order);
  return Array.from({ length: count }, (_, i) => order[i % most]);
}

/** Orthogonal vectors with the same span, by Gram-Schmidt. */
function orthogonalised(vectors: readonly Vector[]): readonly Vector[] {
  const orthogonal: Vector[] = [];
  for (const vector of vectors) {
    const residual = vector.slice();
    for (const other of orthogonal) {
      const factor = dot(residual, other) / dot(other, other);
      for (let i = 0; i < residual.length; i++) residual[i] -= factor * other[i];
    }
    orthogonal.push(residual);
  }
  return orthogonal;
}
