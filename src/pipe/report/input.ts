import type { Fingerprint } from '../cache/fingerprint.ts';
import type { ActionKey } from '../core/digest.ts';
import type { VersionDifference } from '../diff/compare.ts';
import type { CodeManifest } from '../explain/code-manifests.ts';
import type { Graph, InstanceId } from '../pipeline/graph.ts';
import type { Curve } from '../runs/curves.ts';
import type { RunRecord } from '../runs/record.ts';
import type { ReportedResult } from './results.ts';

/** All that a report is made of: what `status`, `explain`, `history` and `diff` say. */
export interface ReportInput {
  /** Name of the project's folder. */
  readonly project: string;
  readonly graph: Graph;
  /** Why instances that are not up to date are not. */
  readonly reasons: ReadonlyMap<InstanceId, string>;
  /** What became of instances that failed in the last run and have no current result since. */
  readonly failures: ReadonlyMap<InstanceId, string>;
  readonly results: readonly ReportedResult[];
  /** Of the same profile, the newest first. */
  readonly runs: readonly RunRecord[];
  readonly fingerprintOf: (key: ActionKey) => Fingerprint | undefined;
  /** Files and packages behind the digest of code. */
  readonly manifestOf: (code: string) => CodeManifest | undefined;
  readonly curves: ReadonlyMap<ActionKey, Curve>;
  /** What an instance printed; `undefined` if it did not run here. */
  readonly logOf: (id: InstanceId) => string | undefined;
  /** The stages and their inputs, drawn. */
  readonly graphSvg: string;
  readonly difference: VersionDifference | undefined;
  /** ISO time of the report. */
  readonly made: string;
}
