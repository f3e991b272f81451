import type { Study } from '../report.ts';
import { ABLATION_CLAIMS } from './ablation-claims.ts';
import { ablationsFigure } from './ablation-figure.ts';
import { SEQUENCES_CLAIMS } from './claims.ts';
import { sequencesFigure } from './figure.ts';
import type { AblationsEvidence, SequencesEvidence } from './tables.ts';

/** What does a small transformer learn in a few thousand steps? */
export const sequencesStudy: Study<SequencesEvidence> = {
  title: 'A small transformer on toy tasks',
  claims: SEQUENCES_CLAIMS,
  figure: sequencesFigure,
};

/** What helps a small transformer's training? */
export const ablationsStudy: Study<AblationsEvidence> = {
  title: 'A small transformer, with one change each',
  claims: ABLATION_CLAIMS,
  figure: ablationsFigure,
};
