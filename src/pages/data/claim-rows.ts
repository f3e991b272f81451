import type { Claim } from '../../claims/claim.ts';
import type { CountEvidence, StudyEvidence } from '../../study/evidence/evidence.ts';
import type { GameFloor } from '../../study/floor/table.ts';
import type { RunMetrics } from '../../study/metrics/runs.ts';

/** Rows of the study's tables, and which of their numbers. */
export interface RowsRead<R> {
  readonly rows: readonly R[];
  /** Names of the columns, in order. */
  readonly columns: readonly string[];
}

/** What a claim was judged by. */
export interface ClaimRows {
  readonly runs: RowsRead<RunMetrics>;
  readonly floors: RowsRead<GameFloor>;
  readonly counts: RowsRead<CountEvidence>;
}

/** What tells rows from others: reading it is looking for a row, not using it. */
const COORDINATES: ReadonlySet<string> = new Set([
  'deck',
  'game',
  'model',
  'dim',
  'seed',
  'operators',
  'pairs',
  'queries',
]);

/** The rows that a claim's rule reads numbers of, found by judging it once more and looking on. */
export function rowsOf(claim: Claim<StudyEvidence>, evidence: StudyEvidence): ClaimRows {
  const runs = watched(evidence.runs);
  const floors = watched(evidence.floors);
  const counts = watched(evidence.counts);
  claim.judge({ runs: runs.rows, floors: floors.rows, counts: counts.rows });
  return { runs: runs.read(), floors: floors.read(), counts: counts.read() };
}

function watched<R extends object>(rows: readonly R[]) {
  const seen = new Set<R>();
  const columns = new Set<string>();
  const handler: ProxyHandler<R> = {
    get(row, name, receiver) {
      if (typeof name === 'string' && !COORDINATES.has(name)) {
        seen.add(row);
        columns.add(name);
      }
      return Reflect.get(row, name, receiver);
    },
  };
  return {
    rows: rows.map((row) => new Proxy(row, handler)),
    read: (): RowsRead<R> => ({
      rows: rows.filter((row) => seen.has(row)),
      columns: [...columns],
    }),
  };
}
