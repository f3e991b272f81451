import type { Study } from '../report.ts';
import { FRACTIONS_CLAIMS } from './claims.ts';
import { fractionsFigure } from './figure.ts';
import type { FractionsEvidence } from './tables.ts';

/** Does a transformer that learned to simplify fractions do so one level deeper? */
export const fractionsStudy: Study<FractionsEvidence> = {
  title: 'Simplifying fractions',
  claims: FRACTIONS_CLAIMS,
  figure: fractionsFigure,
};
