import { familyOf } from '../problems/problems.ts';
import type { PredictionRow, ProblemRow } from '../tables.ts';
import { PREDICTOR_SETS, type Predictor, type Target, targetOf } from './features.ts';
import {
  leaveOneOut,
  predict,
  type Regression,
  rankCorrelation,
  regress,
  typicalFactor,
} from './regression.ts';

export const RIDGE = 0.1;

/** How well every predictor foretells a dimension on problems that it was not fitted on. */
export function validate(
  problems: readonly ProblemRow[],
  target: Target,
): readonly PredictionRow[] {
  return PREDICTOR_SETS.flatMap((predictor) => {
    const rows = problems.filter((row) => predictor.features(row) !== undefined);
    if (rows.length < LEAST_PROBLEMS) return [];
    const features = rows.map((row) => predictor.features(row) ?? []);
    const y = rows.map((row) => targetOf(row, target));
    const byProblem = leaveOneOut(features, y, RIDGE);
    const byFamily = leaveFamilyOut(rows, predictor, target);
    return [
      {
        predictor: predictor.name,
        target,
        problems: rows.length,
        factor: typicalFactor(byProblem, y),
        familyFactor: typicalFactor(byFamily, y),
        correlation: rankCorrelation(byProblem, y),
        familyCorrelation: rankCorrelation(byFamily, y),
      },
    ];
  });
}

const LEAST_PROBLEMS = 10;

/** Predictions for each problem from the problems of all other families. */
function leaveFamilyOut(
  rows: readonly ProblemRow[],
  predictor: Predictor,
  target: Target,
): readonly number[] {
  const families = new Set(rows.map(({ problem }) => familyOf(problem)));
  const fits = new Map(
    [...families].map((family) => [
      family,
      fitted(
        rows.filter(({ problem }) => familyOf(problem) !== family),
        predictor,
        target,
      ),
    ]),
  );
  return rows.map((row) => {
    const regression = fits.get(familyOf(row.problem));
    return regression === undefined
      ? Number.NaN
      : predict(regression, predictor.features(row) ?? []);
  });
}

/** The regression of a predictor on all problems. */
export function fitted(
  rows: readonly ProblemRow[],
  predictor: Predictor,
  target: Target,
): Regression {
  const known = rows.filter((row) => predictor.features(row) !== undefined);
  return regress(
    known.map((row) => predictor.features(row) ?? []),
    known.map((row) => targetOf(row, target)),
    RIDGE,
  );
}
