import { Matrix, solve } from 'ml-matrix';

/** ln y = Σ weights · features, the first feature being 1. */
export interface Regression {
  readonly weights: readonly number[];
}

/** Least squares of ln y with a small ridge on all weights but the constant. */
export function regress(
  features: readonly (readonly number[])[],
  y: readonly number[],
  ridge: number,
): Regression {
  const rows = new Matrix(features.map((own) => [1, ...own]));
  const target = Matrix.columnVector(y.map(Math.log));
  const normal = rows.transpose().mmul(rows);
  for (let i = 1; i < normal.rows; i++) normal.set(i, i, normal.get(i, i) + ridge);
  return { weights: solve(normal, rows.transpose().mmul(target)).to1DArray() };
}

export function predict({ weights }: Regression, features: readonly number[]): number {
  return Math.exp(weights[0] + features.reduce((sum, x, i) => sum + x * weights[i + 1], 0));
}

/** y of each row as predicted from all other rows. */
export function leaveOneOut(
  features: readonly (readonly number[])[],
  y: readonly number[],
  ridge: number,
): readonly number[] {
  return features.map((own, left) => {
    const others = (_: unknown, i: number) => i !== left;
    return predict(regress(features.filter(others), y.filter(others), ridge), own);
  });
}

/** exp of the mean |ln (predicted / true)|: the factor by which a prediction is usually off. */
export function typicalFactor(predicted: readonly number[], y: readonly number[]): number {
  const logs = predicted.map((value, i) => Math.abs(Math.log(value / y[i])));
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

/** Spearman's rank correlation; equal values share their mean rank. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [a, b].map(ranks);
  const mean = (a.length - 1) / 2;
  const product = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, value, i) => sum + (value - mean) * (q[i] - mean), 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

function ranks(values: readonly number[]): readonly number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal - 1) / 2;
  });
}
