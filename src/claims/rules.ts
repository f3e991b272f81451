import { type Judgement, LEVEL, undecided, type Verdict } from './claim.ts';
import { differenceOf, meanOverSeeds, type SpreadWithin } from './spread.ts';
import { upperTail, welchTest } from './welch.ts';

// Rules that decide from the numbers of a few seeds; docs/claims.md explains them.

/** The runs of one model: one number per seed. */
export interface Group {
  readonly name: string;
  readonly values: readonly number[];
}

/** Whether every seed is below (or above) a bound: fails if none is, undecided if they disagree. */
export function judgeBound(
  { name, values }: Group,
  measure: string,
  side: 'below' | 'above',
  bound: number,
): Judgement {
  const sign = side === 'below' ? '<' : '>';
  const wanted = `${name}: ${measure} ${values.map(digits).join(', ')} (wanted ${sign} ${bound})`;
  if (values.length < 2 || values.some(Number.isNaN)) return undecided(tooFew(wanted, values));
  const within = values.map((value) => (side === 'below' ? value < bound : value > bound));
  return judgeEverySeed(within, wanted);
}

/** Whether every seed passes: fails if none does, undecided if they disagree. */
export function judgeEverySeed(passes: readonly boolean[], evidence: string): Judgement {
  if (passes.every(Boolean)) return { verdict: 'holds', evidence };
  if (!passes.some(Boolean)) return { verdict: 'fails', evidence };
  return undecided(`${evidence}: the seeds disagree`);
}

/**
 * Whether a is greater than b: holds if the 95 % interval of the difference is above 0 and its
 * middle above the tolerance, fails if the interval ends below the tolerance, else undecided.
 */
export function judgeGreater(
  a: Group,
  b: Group,
  spread: SpreadWithin,
  measure: string,
  tolerance: number,
): Judgement {
  const { mean, error, low, high } = differenceOf(a.values, b.values, spread);
  const means =
    `${measure} of ${a.name} ${digits(meanOverSeeds(a.values))}, ` +
    `of ${b.name} ${digits(meanOverSeeds(b.values))}`;
  if (spread.degrees === 0 || Number.isNaN(mean)) return undecided(tooFew(means, a.values));
  const evidence = `${means}: difference ${interval(mean, low, high)}`;
  const { degrees } = spread;
  if (low > 0 && mean > tolerance) {
    return { verdict: 'holds', evidence, p: upperTail(mean / error, degrees) };
  }
  if (high < tolerance) {
    return { verdict: 'fails', evidence, p: upperTail((tolerance - mean) / error, degrees) };
  }
  return undecided(`${evidence}, too wide to tell`);
}

/** What a positive measure counts as at least: below it is rounding. */
const SMALLEST = 1e-6;

/**
 * Whether a positive measure is higher by a factor, tested on its logarithm by Welch's test, one-sided: holds if a is
 * higher than b at the level, fails if b is higher than a, else undecided.
 */
export function judgeHigher(a: Group, b: Group, measure: string): Judgement {
  const means =
    `${measure} of ${a.name} ${digits(meanOverSeeds(a.values))}, ` +
    `of ${b.name} ${digits(meanOverSeeds(b.values))}`;
  const fewest = Math.min(a.values.length, b.values.length);
  if (fewest === 0) return undecided(`${a.name} or ${b.name} is missing`);
  if (fewest < 2) return undecided(tooFew(means, [...a.values, ...b.values]));
  const [first, second] = [a, b].map(({ values }) =>
    values.map((value) => Math.log(Math.max(value, SMALLEST))),
  );
  const { difference, p } = welchTest(first, second);
  const evidence = `${means}: ${digits(Math.exp(difference))} times`;
  if (p < LEVEL) return { verdict: 'holds', evidence, p };
  if (1 - p < LEVEL) return { verdict: 'fails', evidence, p: 1 - p };
  return undecided(`${evidence}, p = ${p.toPrecision(2)}`);
}

/**
 * Whether a measure rises along groups: holds if the last is greater than the first (as
 * `judgeGreater`) and no step falls by more than the tolerance; fails if the last is not greater, or
 * a step clearly falls (its 95 % interval ends below minus the tolerance); else undecided.
 */
export function judgeRising(
  groups: readonly Group[],
  spread: SpreadWithin,
  measure: string,
  tolerance: number,
): Judgement {
  if (groups.length < 2) return undecided(`${measure}: fewer than two models to compare`);
  const means = groups.map(({ values }) => meanOverSeeds(values));
  const along = groups.map(({ name }, i) => `${name} ${digits(means[i])}`).join(', ');
  const steps = groups.slice(1).map((group, i) => ({
    from: groups[i].name,
    to: group.name,
    ...differenceOf(group.values, groups[i].values, spread),
  }));
  const ends = judgeGreater(groups[groups.length - 1], groups[0], spread, measure, tolerance);
  const fall = steps.find(({ high }) => high < -tolerance);
  const dip = steps.find(({ mean }) => mean < -tolerance);
  if (spread.degrees === 0) return undecided(tooFew(`${measure}: ${along}`, means));
  const evidence = `${measure}: ${along}; seeds ± ${digits(spread.deviation)}`;
  if (fall !== undefined) {
    const p = upperTail((-tolerance - fall.mean) / fall.error, spread.degrees);
    return { verdict: 'fails', evidence: `${evidence}; ${falls(fall)}`, p };
  }
  if (ends.verdict !== 'holds') return { ...ends, evidence: `${evidence}; ${ends.evidence}` };
  if (dip !== undefined) return undecided(`${evidence}; ${falls(dip)}`);
  return { ...ends, evidence };
}

function falls(step: { from: string; to: string; mean: number; low: number; high: number }) {
  return `falls from ${step.from} to ${step.to} by ${interval(-step.mean, -step.high, -step.low)}`;
}

function tooFew(evidence: string, values: readonly number[]): string {
  if (values.some(Number.isNaN)) return `${evidence}: not a number`;
  return `${evidence}: one seed says nothing about the spread between seeds`;
}

/** Whether an exact number is within a tolerance of the published one. */
export function judgeNear(
  what: string,
  exact: number,
  published: number,
  tolerance: number,
): Judgement {
  const verdict: Verdict = Math.abs(exact - published) <= tolerance ? 'holds' : 'fails';
  return { verdict, evidence: `${what} ${digits(exact)} (published ${published})` };
}

function interval(mean: number, low: number, high: number) {
  return `${digits(mean)} [${digits(low)}, ${digits(high)}]`;
}

/** Three significant digits, without trailing zeros; an exponent only below 1e-4. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}
