import type { Stream } from '../../random/stream.ts';
import { convolve, holographic, involution, unitary } from './holographic.ts';
import type { Method } from './tables.ts';
import type { Vector } from './tensor-product.ts';
import { signs } from './trees.ts';
import { leavesOf, type VariableTree } from './variable-tree.ts';

/** A way to hold a tree in n numbers: how to draw symbols, bind, superpose, and take apart. */
export interface Code {
  readonly method: Method;
  readonly filler: (n: number, random: Stream) => Vector;
  readonly role: (n: number, random: Stream) => Vector;
  readonly bind: (a: Vector, role: Vector) => Vector;
  readonly unbind: (bound: Vector, role: Vector) => Vector;
  /** One vector of several. */
  readonly superpose: (vectors: readonly Vector[], random: Stream) => Vector;
  /** Whether every node is superposed by itself, or all leaves at once, each with the roles of its path. */
  readonly isNested: boolean;
}

function sum(vectors: readonly Vector[]): Vector {
  return vectors[0].map((_, i) => vectors.reduce((total, vector) => total + vector[i], 0));
}

/** The sign of the sum; a coin decides where it is 0. */
function majority(vectors: readonly Vector[], random: Stream): Vector {
  return sum(vectors).map((x) => Math.sign(x) || (random.u32() & 1 ? 1 : -1));
}

const product = (a: Vector, b: Vector): Vector => a.map((x, i) => x * b[i]);

/** Bits as 1 and -1: exclusive or is the product (Kanerva 1996), and its own inverse. */
const SPATTER = { filler: signs, role: signs, bind: product, unbind: product, superpose: majority };

const HOLOGRAPHIC = {
  filler: holographic,
  bind: convolve,
  unbind: (bound: Vector, role: Vector) => convolve(bound, involution(role)),
  superpose: sum,
  isNested: true,
};

/** Convolution with normal roles and with unitary ones; exclusive or, flat and level by level. */
export const CODES: readonly Code[] = [
  { ...HOLOGRAPHIC, method: 'holographic', role: holographic },
  {
    ...HOLOGRAPHIC,
    method: 'holographic, unitary',
    role: (n, random) => unitary(holographic(n, random)),
  },
  { ...SPATTER, method: 'spatter', isNested: false },
  { ...SPATTER, method: 'spatter, nested', isNested: true },
];

/** Roles of every level. // [height][width] */
export type Roles = readonly (readonly Vector[])[];

/** A tree as one vector. Roles differ by level: binding commutes, and left of right would be right of left. */
export function encodeTree(
  code: Code,
  tree: VariableTree<Vector>,
  roles: Roles,
  random: Stream,
): Vector {
  if (!code.isNested) {
    const bound = leavesOf(tree).map(({ filler, path }) =>
      path.reduce((vector, role, level) => code.bind(vector, roles[level][role]), filler),
    );
    return code.superpose(bound, random);
  }
  if ('filler' in tree) return tree.filler;
  const [own, ...below] = roles;
  return code.superpose(
    tree.children.map((child, role) =>
      code.bind(encodeTree(code, child, below, random), own[role]),
    ),
    random,
  );
}

/** What a vector holds at every leaf of a tree, from left to right: the roles unbound from the root down. */
export function decodeTree(
  code: Code,
  vector: Vector,
  tree: VariableTree<Vector>,
  roles: Roles,
): readonly Vector[] {
  if ('filler' in tree) return [vector];
  const [own, ...below] = roles;
  return tree.children.flatMap((child, role) =>
    decodeTree(code, code.unbind(vector, own[role]), child, below),
  );
}
