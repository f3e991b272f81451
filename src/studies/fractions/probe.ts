import { Matrix, solve } from 'ml-matrix';

/** Keeps the fit of a linear map determined when vectors are alike. */
const RIDGE = 1e-3;

/** Vectors, and which of the classes each is of. */
export interface Labelled {
  readonly vectors: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

/**
 * A linear probe: the least-squares map from vectors, and a one, to the unit vectors of their classes
 * (ridge regression, W = (X'X + r n I)^-1 X'Y); the largest number names the class.
 *
 * @returns the class that it names for a vector
 */
export function fitProbe(
  { vectors, labels }: Labelled,
  classes: number,
): (vector: readonly number[]) => number {
  const x = new Matrix(vectors.map((vector) => [...vector, 1]));
  const y = new Matrix(
    labels.map((label) => Array.from({ length: classes }, (_, i) => (i === label ? 1 : 0))),
  );
  const transposed = x.transpose();
  const squares = transposed.mmul(x);
  const ridge = Matrix.eye(squares.rows).mul(RIDGE * vectors.length);
  const weights = solve(squares.add(ridge), transposed.mmul(y));
  return (vector) => {
    const scores = new Matrix([[...vector, 1]]).mmul(weights).getRow(0);
    return scores.indexOf(Math.max(...scores));
  };
}

/** Share of vectors whose class a probe names. */
export function probeAccuracy(
  probe: (vector: readonly number[]) => number,
  { vectors, labels }: Labelled,
): number {
  const right = vectors.filter((vector, i) => probe(vector) === labels[i]);
  return right.length / vectors.length;
}
