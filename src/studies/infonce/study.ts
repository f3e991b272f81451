import type { Study } from '../report.ts';
import { INFONCE_CLAIMS } from './claims.ts';
import { infonceFigure } from './figure.ts';
import type { InfonceEvidence } from './tables.ts';

/** What does InfoNCE converge to? */
export const infonceStudy: Study<InfonceEvidence> = {
  title: 'What InfoNCE converges to',
  claims: INFONCE_CLAIMS,
  figure: infonceFigure,
};
