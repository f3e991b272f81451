import { inverse, Matrix, SingularValueDecomposition } from 'ml-matrix';

/** A vector of numbers. */
export type Vector = Float64Array;

/**
 * Binds fillers to roles: T = sum f_i ⊗ r_i (Smolensky 1990, eq. 2.2), row-major.
 * // fillers n x [F], roles n x [R] -> [F, R]
 */
export function bind(fillers: readonly Vector[], roles: readonly Vector[]): Vector {
  const [F, R] = [fillers[0].length, roles[0].length];
  const tensor = new Float64Array(F * R);
  fillers.forEach((filler, i) => {
    for (let a = 0; a < F; a++) {
      for (let b = 0; b < R; b++) tensor[a * R + b] += filler[a] * roles[i][b];
    }
  });
  return tensor;
}

/** T u: the filler bound to a role, given the role's unbinding vector u. // [F, R], [R] -> [F] */
export function unbind(tensor: Vector, u: Vector): Vector {
  const R = u.length;
  return Float64Array.from({ length: tensor.length / R }, (_, a) => {
    let sum = 0;
    for (let b = 0; b < R; b++) sum += tensor[a * R + b] * u[b];
    return sum;
  });
}

/**
 * The dual basis: u_i · r_j = 1 if i = j, else 0; U = R^T (R R^T)^-1 for the rows r_i of R. It exists
 * if and only if the roles are linearly independent, and unbinds without error.
 *
 * @throws RangeError if the roles are linearly dependent
 */
export function dualBasis(roles: readonly Vector[]): readonly Vector[] {
  if (rank(roles) < roles.length) {
    throw new RangeError(
      `${roles.length} roles of ${roles[0].length} numbers are linearly dependent: they have no dual basis`,
    );
  }
  const R = new Matrix(roles.map((role) => [...role]));
  const U = inverse(R.mmul(R.transpose())).mmul(R); // [n, R]
  return U.to2DArray().map((row) => Float64Array.from(row));
}

/** Rank of the matrix with these rows, by its singular values in double precision. */
export function rank(vectors: readonly Vector[]): number {
  return new SingularValueDecomposition(new Matrix(vectors.map((vector) => [...vector])), {
    autoTranspose: true,
  }).rank;
}

/** Self-addressing: u_i = r_i / |r_i|². Exact if the roles are orthogonal; else the other fillers intrude. */
export function selfAddresses(roles: readonly Vector[]): readonly Vector[] {
  return roles.map((role) => role.map((value) => value / dot(role, role)));
}

export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Index of the vector of the vocabulary that is nearest in angle. */
export function nearest(vector: Vector, vocabulary: readonly Vector[]): number {
  let [best, highest] = [0, Number.NEGATIVE_INFINITY];
  vocabulary.forEach((candidate, i) => {
    const cosine = dot(vector, candidate) / Math.sqrt(dot(candidate, candidate));
    if (cosine > highest) [best, highest] = [i, cosine];
  });
  return best;
}
