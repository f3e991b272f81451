import { allOf, type Claim, holdsIf, undecided } from '../../claims/claim.ts';
import { digits } from '../../claims/rules.ts';
import type { AutodiffEvidence, CheckRow } from './tables.ts';

/** Largest difference of losses and weights that counts as none. */
const EQUAL = 1e-5;
/** Largest error of the best central difference. */
const CHECKED = 1e-7;
/** Step sizes at which truncation, not rounding, is what is seen. */
const COARSE: readonly [number, number] = [1e-3, 1e-1];
/** Standard errors that chance explains. */
const CHANCE = 3;

export const AUTODIFF_CLAIMS: readonly Claim<AutodiffEvidence>[] = [
  {
    name: 'as-the-engine',
    statement:
      'Logistic regression by gradients and steps written by hand is that of the library, to 1e-5.',
    rule: 'At every step the losses, and all weights, differ by less than 1e-5.',
    judge: ({ steps }) => {
      if (steps.length === 0) return undecided('no steps');
      const ofLoss = Math.max(...steps.map(({ loss, engineLoss }) => Math.abs(loss - engineLoss)));
      const ofWeights = Math.max(...steps.map(({ difference }) => difference));
      return holdsIf(
        ofLoss < EQUAL && ofWeights < EQUAL,
        `${steps.length} steps: losses differ by at most ${digits(ofLoss)}, weights by ${digits(ofWeights)}`,
      );
    },
  },
  {
    name: 'gradients-check',
    statement: 'Every custom gradient is the limit of differences of values.',
    rule: 'For every operation and argument the best central difference is within 1e-7 of the gradient.',
    judge: ({ checks }) =>
      allOf(
        operationsOf(checks).map((operation) => {
          const least = Math.min(...errorsOf(checks, operation, 'central').map(([, e]) => e));
          return holdsIf(least < CHECKED, `${operation}: ${digits(least)}`);
        }),
      ),
  },
  {
    name: 'central-differences-are-of-second-order',
    statement: 'The error of a forward difference is of order ε, of a central one of order ε².',
    rule: 'Of all operations together the slope of log error by log ε, from 1e-3 to 1e-1, is within 0.1 of 1 and of 2.',
    judge: ({ checks }) =>
      allOf(
        (['forward', 'central'] as const).map((difference, i) => {
          const points = errorsOf(checks, 'all together', difference).filter(
            ([epsilon]) => epsilon >= COARSE[0] && epsilon <= COARSE[1],
          );
          if (points.length < 2) return undecided('fewer than two step sizes');
          const slope = slopeOf(points.map(([x, y]) => [Math.log(x), Math.log(y)]));
          return holdsIf(Math.abs(slope - (i + 1)) < 0.1, `${difference}: ${digits(slope)}`);
        }),
      ),
  },
  {
    name: 'classifies-as-well-as-can-be',
    statement: 'The trained line separates the classes as well as any can.',
    rule: 'On other points its accuracy is within three standard errors of Φ(|μ|), that of the best line.',
    judge: ({ points, middle }) => {
      if (points.length === 0) return undecided('no points');
      const right = points.filter(({ own, p }) => p > 0.5 === (own === 1)).length;
      const accuracy = right / points.length;
      const best = bestAccuracy(middle);
      const error = Math.sqrt((best * (1 - best)) / points.length);
      return holdsIf(
        accuracy > best - CHANCE * error,
        `accuracy ${digits(accuracy)} on ${points.length} points, best ${digits(best)} ± ${digits(error)}`,
      );
    },
  },
];

export const operationsOf = (checks: readonly CheckRow[]): readonly string[] => [
  ...new Set(checks.map(({ operation }) => operation)),
];

function errorsOf(
  checks: readonly CheckRow[],
  operation: string,
  difference: CheckRow['difference'],
): readonly (readonly [number, number])[] {
  return checks
    .filter((row) => row.operation === operation && row.difference === difference)
    .map(({ epsilon, error }) => [epsilon, error] as const);
}

/** Of the least-squares line through points. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [x0, y0] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const across = points.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0);
  return across / points.reduce((sum, [x]) => sum + (x - x0) ** 2, 0);
}

/** Φ(|μ|): points that lie on the right side of the line through 0 across μ. */
export function bestAccuracy(middle: readonly number[]): number {
  const distance = Math.hypot(...middle);
  // Simpson's rule on the normal density from 0 on.
  const parts = 200;
  let sum = 0;
  for (let i = 0; i <= parts; i++) {
    const weight = i === 0 || i === parts ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(-(((distance * i) / parts) ** 2) / 2);
  }
  return 0.5 + (sum * distance) / (3 * parts * Math.sqrt(2 * Math.PI));
}
