import type { Study } from '../report.ts';
import { RETRIEVAL_CLAIMS } from './claims.ts';
import { retrievalFigure } from './figure.ts';
import type { RetrievalEvidence } from './tables.ts';

/** For how many documents can every pair be ranked on top? */
export const retrievalStudy: Study<RetrievalEvidence> = {
  title: 'Embedding retrieval',
  claims: RETRIEVAL_CLAIMS,
  figure: retrievalFigure,
};
