import type { ActionKey, Digest } from '../core/digest.ts';
import type { Json } from '../core/json.ts';
import type { InstanceId } from '../pipeline/graph.ts';

/** Path of the lock file, from the project's root. */
export const LOCK_FILE = 'pipeline.lock.yaml';

/** The accepted result of one instance. */
export interface AcceptedRecord {
  readonly key: ActionKey;
  /** Digest of the stage's code. */
  readonly code: string;
  readonly params: Json;
  /** Headline metrics. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Digests of the artifacts by output name. */
  readonly outputs: Readonly<Record<string, Digest>>;
}

/** The accepted results of one profile. One machine made them all, so they are consistent. */
export interface AcceptedProfile {
  /** Type of that machine. On other types the digests are not compared. */
  readonly machine: string;
  /** Platform and major version of Node that the keys were computed for; older lock files have none. */
  readonly runtime?: string | undefined;
  readonly instances: ReadonlyMap<InstanceId, AcceptedRecord>;
}

/** The contents of the lock file, by profile. */
export type AcceptedResults = ReadonlyMap<string, AcceptedProfile>;
