import type { Study } from '../report.ts';
import { LADDER_CLAIMS } from './claims.ts';
import { ladderFigure } from './figure.ts';
import type { LadderEvidence } from './tables.ts';

/** Is it the geometry, the objective, the encoder or generalisation that fails as d falls? */
export const ladderStudy: Study<LadderEvidence> = {
  title: 'Geometry, objective, encoder, generalisation',
  claims: LADDER_CLAIMS,
  figure: ladderFigure,
};
