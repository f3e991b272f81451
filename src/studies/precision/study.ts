import type { Study } from '../report.ts';
import { PRECISION_CLAIMS } from './claims.ts';
import { precisionFigure } from './figure.ts';
import type { PrecisionEvidence } from './tables.ts';

/** Which of the techniques of mixed precision is needed when? */
export const precisionStudy: Study<PrecisionEvidence> = {
  title: 'Mixed precision on a perceptron',
  claims: PRECISION_CLAIMS,
  figure: precisionFigure,
};
