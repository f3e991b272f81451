import type { Predictors } from '../predictors/predictors.ts';
import type { PredictionRow, ProblemRow } from '../tables.ts';
import { PREDICTOR_SETS, type Target } from './features.ts';
import { predict, type Regression } from './regression.ts';
import { fitted } from './validate.ts';

/** A regression on all problems, and how far off it was on families of problems left out. */
export interface Coefficients extends Regression {
  readonly predictor: string;
  readonly target: Target;
  readonly factor: number;
}

export function coefficientsOf(
  problems: readonly ProblemRow[],
  predictions: readonly PredictionRow[],
): readonly Coefficients[] {
  return predictions.flatMap(({ predictor: name, target, familyFactor }) => {
    const predictor = PREDICTOR_SETS.find((one) => one.name === name);
    if (predictor === undefined || (target !== 'd90' && target !== 'd99')) return [];
    const { weights } = fitted(problems, predictor, target);
    const rounded = weights.map((weight) => Number(weight.toPrecision(4)));
    const factor = Number(familyFactor.toPrecision(3));
    return [{ predictor: name, target, weights: rounded, factor }];
  });
}

/** What a predictor says of judgements, within what the proven bounds allow. */
export interface Foretold {
  readonly predictor: string;
  readonly target: string;
  readonly d: number;
  /** The factor by which it is usually off. */
  readonly factor: number;
}

export function foretell(
  row: Predictors,
  coefficients: readonly Coefficients[],
): readonly Foretold[] {
  return coefficients.flatMap(({ predictor, target, factor, ...regression }) => {
    const features = PREDICTOR_SETS.find(({ name }) => name === predictor)?.features(row);
    if (features === undefined) return [];
    const d = Math.min(row.items - 1, Math.max(1, predict(regression, features)));
    return [{ predictor, target, d, factor }];
  });
}
