import type { ActionKey, Digest } from '../core/digest.ts';
import type { Json } from '../core/json.ts';
import type { InstanceId } from '../pipeline/graph.ts';

/** Name of the lock file, in the root of the project. */
export const LOCK_FILE = 'pipeline.lock.yaml';

/** What was accepted as the result of one instance. */
export interface AcceptedRecord {
  readonly key: ActionKey;
  /** Digest of the stage's code. */
  readonly code: string;
  readonly params: Json;
  /** Headline metrics. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Digests of the artifacts, by output. */
  readonly outputs: Readonly<Record<string, Digest>>;
}

/** The results of one profile; all of them were made on one machine, so that they fit together. */
export interface AcceptedProfile {
  /** Type of that machine: on any other the digests do not bind. */
  readonly machine: string;
  readonly instances: ReadonlyMap<InstanceId, AcceptedRecord>;
}

/** What the lock file holds, by profile. */
export type AcceptedResults = ReadonlyMap<string, AcceptedProfile>;
