import type { Study } from '../report.ts';
import { VC_DIMENSION_CLAIMS } from './claims.ts';
import { vcDimensionFigure } from './figure.ts';
import type { VcDimensionEvidence } from './tables.ts';

/** Which labelings of n points can a hyperplane separate? */
export const vcDimensionStudy: Study<VcDimensionEvidence> = {
  title: 'VC dimension of linear classifiers',
  claims: VC_DIMENSION_CLAIMS,
  figure: vcDimensionFigure,
};
