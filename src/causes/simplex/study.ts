import type { Study } from '../../studies/report.ts';
import type { LossEvidence } from '../evidence.ts';
import { SIMPLEX_CLAIMS } from './claims.ts';
import { simplexFigure } from './figure.ts';

/** What the loss decides at dimensions around that of the keys' simplex. */
export const simplexStudy: Study<LossEvidence> = {
  title: 'Around as many dimensions as keys',
  claims: SIMPLEX_CLAIMS,
  figure: simplexFigure,
};
