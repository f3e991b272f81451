import { meanOverSeeds } from './spread.ts';

/** What Welch's test says of two samples with variances of their own (Welch 1947). */
export interface WelchTest {
  /** mean(a) - mean(b) */
  readonly difference: number;
  /** Effective degrees of freedom (Welch and Satterthwaite). */
  readonly degrees: number;
  /** Chance of a difference of at least this sign and size if a were not greater than b. */
  readonly p: number;
}

/** Tests whether a is greater than b, one-sided. @throws RangeError if one has fewer than two values */
export function welchTest(a: readonly number[], b: readonly number[]): WelchTest {
  if (a.length < 2 || b.length < 2) {
    throw new RangeError(`a t-test needs two values of each, not ${a.length} and ${b.length}`);
  }
  const difference = meanOverSeeds(a) - meanOverSeeds(b);
  const [va, vb] = [squaredError(a), squaredError(b)];
  if (va + vb === 0) return { difference, degrees: Infinity, p: difference > 0 ? 0 : 1 };
  const degrees = (va + vb) ** 2 / (va ** 2 / (a.length - 1) + vb ** 2 / (b.length - 1));
  return { difference, degrees, p: upperTail(difference / Math.sqrt(va + vb), degrees) };
}

/** Variance of the mean. */
function squaredError(values: readonly number[]): number {
  const mean = meanOverSeeds(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return squares / (values.length - 1) / values.length;
}

/** Intervals of Simpson's rule: the tail is right to four digits or more. */
const INTERVALS = 2000;

/**
 * P(T > t) of Student's distribution with any number of degrees of freedom of at least 1. With
 * t = sqrt(degrees) tan(angle) its density is proportional to cos(angle)^(degrees - 1).
 */
export function upperTail(t: number, degrees: number): number {
  const from = Math.atan(t / Math.sqrt(degrees));
  const whole = 2 * integral(0, degrees);
  return from < 0 ? 1 - integral(-from, degrees) / whole : integral(from, degrees) / whole;
}

/** Of cos^(degrees - 1) from an angle to a right one. */
function integral(from: number, degrees: number): number {
  const width = (Math.PI / 2 - from) / INTERVALS;
  let sum = 0;
  for (let i = 0; i <= INTERVALS; i++) {
    const weight = i === 0 || i === INTERVALS ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.max(0, Math.cos(from + i * width)) ** (degrees - 1);
  }
  return (sum * width) / 3;
}
