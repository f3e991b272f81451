import type { Assessment } from '../current/assess.ts';
import type { Graph, InstanceId } from '../pipeline/graph.ts';
import type { RunRecord } from '../runs/record.ts';
import type { ReportedResult } from './results.ts';

/** All that a report is made of: what `status`, `explain`, `history` and `diff` say. */
export interface ReportInput {
  /** Name of the project's folder. */
  readonly project: string;
  readonly graph: Graph;
  readonly assessments: ReadonlyMap<InstanceId, Assessment>;
  readonly results: readonly ReportedResult[];
  /** Of the same profile, the newest first. */
  readonly runs: readonly RunRecord[];
  /** ISO time of the report. */
  readonly made: string;
}
