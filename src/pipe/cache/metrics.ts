import type { Headline } from '../pipeline/contract.ts';

/** A headline metric as stored: its value and its tolerance. */
export type Metric = readonly [value: number, within: number];

/** Headline metrics by name. */
export type Metrics = Readonly<Record<string, Metric>>;

/**
 * What a stage's `headline` returned.
 * @throws {Error} when it holds anything but finite numbers
 */
export function readHeadline(headline: Headline): Metrics {
  return Object.fromEntries(
    Object.entries(headline).map(([name, metric]) => {
      const { value, within } = typeof metric === 'number' ? { value: metric, within: 0 } : metric;
      if (Number.isFinite(value) && within >= 0) return [name, [value, within] as const];
      const what = within >= 0 ? `${value}, not a finite number` : `given within ${within}`;
      throw new Error(`the headline metric '${name}' is ${what}; leave out what is not known`);
    }),
  );
}

/** Whether two values of a metric agree within its tolerance. */
export function isSameMetric(before: number, [value, within]: Metric): boolean {
  return Math.abs(value - before) <= within;
}
