import type { Study } from '../report.ts';
import { LOW_RANK_CLAIMS } from './claims.ts';
import { lowRankFigure } from './figure.ts';
import type { LowRankEvidence } from './tables.ts';

/** How wide must embeddings be to learn a matrix of a given rank? */
export const lowRankStudy: Study<LowRankEvidence> = {
  title: 'Low-rank approximation',
  claims: LOW_RANK_CLAIMS,
  figure: lowRankFigure,
};
