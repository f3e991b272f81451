import type { Study } from '../report.ts';
import { AUTODIFF_CLAIMS } from './claims.ts';
import { autodiffFigure } from './figure.ts';
import type { AutodiffEvidence } from './tables.ts';

/** What does it take to train without a library's gradients? */
export const autodiffStudy: Study<AutodiffEvidence> = {
  title: 'Automatic differentiation from scratch',
  claims: AUTODIFF_CLAIMS,
  figure: autodiffFigure,
};
