/** The difference of two means, with its 95 % interval. */
interface Difference {
  readonly mean: number;
  /** Its standard error; infinite without degrees of freedom. */
  readonly error: number;
  readonly low: number;
  readonly high: number;
}

/** 97.5 % points of Student's t with 1, 2, ... 10 degrees of freedom. */
const FEW_DEGREES = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
/** 97.5 % point of the normal distribution. */
const NORMAL = 1.959964;

/**
 * 97.5 % point of Student's t: half a 95 % interval, in standard errors. From 11 degrees of freedom
 * on by the expansion about the normal point (Abramowitz and Stegun, 26.7.5), accurate to 1e-4.
 */
export function studentT(degrees: number): number {
  if (!Number.isInteger(degrees) || degrees < 1) {
    throw new RangeError(`Student's t needs 1 degree of freedom or more, not ${degrees}`);
  }
  if (degrees <= FEW_DEGREES.length) return FEW_DEGREES[degrees - 1];
  const z = NORMAL;
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  );
}

/** How much runs of a group, which differ in their seed alone, differ; estimated from several groups. */
export interface SpreadWithin {
  /** Standard deviation between the seeds of a group. */
  readonly deviation: number;
  /** Degrees of freedom: runs minus groups. 0 if no group has two runs. */
  readonly degrees: number;
}

/** The within-group standard deviation of a one-way analysis of variance. */
export function spreadWithin(groups: readonly (readonly number[])[]): SpreadWithin {
  let squares = 0;
  let degrees = 0;
  for (const values of groups) {
    if (values.length === 0) continue;
    const mean = meanOverSeeds(values);
    for (const value of values) squares += (value - mean) ** 2;
    degrees += values.length - 1;
  }
  return { deviation: degrees === 0 ? Number.NaN : Math.sqrt(squares / degrees), degrees };
}

/**
 * mean(a) - mean(b) with its 95 % interval, from the spread within groups (Fisher's least
 * significant difference). Without degrees of freedom the interval is infinite.
 */
export function differenceOf(
  a: readonly number[],
  b: readonly number[],
  { deviation, degrees }: SpreadWithin,
): Difference {
  const mean = meanOverSeeds(a) - meanOverSeeds(b);
  if (degrees === 0) {
    const { NEGATIVE_INFINITY: low, POSITIVE_INFINITY: high } = Number;
    return { mean, error: high, low, high };
  }
  const error = deviation * Math.sqrt(1 / a.length + 1 / b.length);
  const half = studentT(degrees) * error;
  return { mean, error, low: mean - half, high: mean + half };
}

export function meanOverSeeds(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
