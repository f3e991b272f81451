import type { Study } from '../report.ts';
import { RANK_CLAIMS } from './claims.ts';
import { rankFigure } from './figure.ts';
import type { RankEvidence } from './tables.ts';

/** What is the rank of the matrix of queries and keys? */
export const rankStudy: Study<RankEvidence> = {
  title: 'Rank of the query-key matrix',
  claims: RANK_CLAIMS,
  figure: rankFigure,
};
