/** Mean of some values and its standard error, sample standard deviation / sqrt(n). */
export interface Mean {
  readonly mean: number;
  /** 0 where there is a single value. */
  readonly standardError: number;
}

/** Mean and standard error of some values. @throws RangeError if there are none */
export function meanOf(values: ArrayLike<number>): Mean {
  const n = values.length;
  if (n === 0) throw new RangeError('no values to average');
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i];
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i] - mean) ** 2;
  return { mean, standardError: n === 1 ? 0 : Math.sqrt(squares / (n - 1) / n) };
}

/** Mean of the values whose query has between `least` and `most` true keys; null if none has. */
export function meanWhere(
  values: ArrayLike<number>,
  trueKeys: ArrayLike<number>,
  least: number,
  most: number,
): number | null {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (trueKeys[i] < least || trueKeys[i] > most) continue;
    sum += values[i];
    count++;
  }
  return count === 0 ? null : sum / count;
}
