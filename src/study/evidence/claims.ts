import type { Claim } from '../../claims/claim.ts';
import { readTable } from '../../tables/read.ts';
import { rows } from '../../tables/rows.ts';
import { DIFFICULTY_CLAIMS } from './difficulty.ts';
import type { CountEvidence, StudyEvidence } from './evidence.ts';
import { FLOOR_CLAIMS } from './floor.ts';
import { MODEL_CLAIMS } from './models.ts';
import { SUBSET_CLAIMS } from './subsets.ts';

/** All published statements about the study, in the order of its scorecard. */
export const STUDY_CLAIMS: readonly Claim<StudyEvidence>[] = [
  ...MODEL_CLAIMS,
  ...DIFFICULTY_CLAIMS,
  ...FLOOR_CLAIMS,
  ...SUBSET_CLAIMS,
];

/** Reads what claims need of the table subset-counts. */
export function readCounts(path: string): readonly CountEvidence[] {
  return rows(readTable(path, 'count-subsets')).map((row) => ({
    deck: Number(row.deck),
    game: String(row.game),
    operators: row.operators === null ? null : String(row.operators),
    pairs: row.pairs === null ? null : Number(row.pairs),
    log2Subsets: Number(row.log2Subsets),
  }));
}
