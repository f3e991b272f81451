import type { Predictors } from '../predictors/predictors.ts';
import type { ProblemRow } from '../tables.ts';

/** What a prediction is made from: logarithms of what judgements show. */
export interface Predictor {
  readonly name: string;
  /** Undefined where a number is missing. */
  features(row: Predictors): readonly number[] | undefined;
}

const SINGLE = [
  'items',
  'distinctSets',
  'largestSet',
  'meanSet',
  'jaccard',
  'rank',
  'numericalRank',
  'effectiveRank',
  'gamma2Upper',
  'forster',
  'lower',
  'upper',
] as const;

/** Chosen before any problem was solved: bounds from both sides, and what lies between them. */
const COMBINED = ['lower', 'upper', 'effectiveRank', 'gamma2Upper', 'distinctSets'] as const;

/** Jaccard indices may be 0. */
const LEAST = 1e-3;

const logsOf =
  (names: readonly (keyof Predictors)[]) =>
  (row: Predictors): readonly number[] | undefined => {
    const values = names.map((name) => row[name]);
    if (values.some((value) => value === undefined)) return undefined;
    return values.map((value) => Math.log(Math.max(LEAST, value ?? 0)));
  };

export const PREDICTOR_SETS: readonly Predictor[] = [
  ...SINGLE.map((name) => ({ name, features: logsOf([name]) })),
  { name: 'combined', features: logsOf(COMBINED) },
];

/** The dimension that is predicted. */
export type Target = 'd90' | 'd99';

export const targetOf = (row: ProblemRow, target: Target): number => row[target];
