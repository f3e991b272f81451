import type { Study } from '../../studies/report.ts';
import { CROSSING_CLAIMS, type CrossingEvidence } from './claims.ts';
import { crossingFigure } from './figure.ts';

/** Is it the dot product or the loss? */
export const crossingStudy: Study<CrossingEvidence> = {
  title: 'Dot product or loss',
  claims: CROSSING_CLAIMS,
  figure: crossingFigure,
};
