import type { Study } from '../report.ts';
import { SEQUENCES_CLAIMS } from './claims.ts';
import { sequencesFigure } from './figure.ts';
import type { SequencesEvidence } from './tables.ts';

/** What does a small transformer learn in a few thousand steps? */
export const sequencesStudy: Study<SequencesEvidence> = {
  title: 'A small transformer on toy tasks',
  claims: SEQUENCES_CLAIMS,
  figure: sequencesFigure,
};
