import type { Cache, Fault } from '../cache/cache.ts';
import {
  actionKey,
  type Fingerprint,
  fingerprintOf,
  type OutputRecord,
} from '../cache/fingerprint.ts';
import type { ActionKey } from '../core/digest.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import type { Current } from './ledger-entry.ts';

/** The state of an instance: whether its result is in place, in the cache or has to be computed. */
export type Assessment =
  | Current
  /** It ran, but artifacts are missing or altered; the cache has them. */
  | {
      readonly state: 'restorable';
      readonly key: ActionKey;
      readonly fingerprint: Fingerprint;
      readonly outputs: readonly OutputRecord[];
      readonly faults: readonly Fault[];
    }
  /** It has to run. `lost`: outputs of an earlier run that are neither in place nor in the cache. */
  | {
      readonly state: 'outdated';
      readonly key: ActionKey;
      readonly fingerprint: Fingerprint;
      readonly lost: readonly LostOutput[];
    }
  /** Something it needs has to run first, and may produce the same bytes as before. */
  | { readonly state: 'waiting' };

/** An instance that has to run. */
export type Outdated = Extract<Assessment, { state: 'outdated' }>;

interface LostOutput {
  readonly output: OutputRecord;
  readonly blob: 'missing' | 'damaged';
}

/** What an instance made, if it is in place or can be restored. */
export function resultIn(assessments: ReadonlyMap<InstanceId, Assessment>, id: InstanceId) {
  const assessment = assessments.get(id);
  return assessment !== undefined && 'outputs' in assessment ? assessment : undefined;
}

/** Digest of a stage module's code. */
export type CodeDigestOf = (module: string) => string;

/** Outputs of an upstream instance; `undefined` until they are known. */
type OutputsOf = (id: InstanceId) => readonly OutputRecord[] | undefined;

/** Decides by content alone: no times are compared. */
export async function assess(
  cache: Cache,
  instance: Instance,
  codeOf: CodeDigestOf,
  outputsOf: OutputsOf,
): Promise<Assessment> {
  const around = await cache.raw.around(instance);
  const fingerprint = fingerprintOf(instance, codeOf(instance.module), around, outputsOf);
  if (fingerprint === undefined) return { state: 'waiting' };
  const key = actionKey(fingerprint);
  const record = cache.actions.get(key);
  if (record === undefined) return { state: 'outdated', key, fingerprint, lost: [] };
  const { outputs } = record;
  const faults = await cache.faults(instance, outputs);
  if (faults.length === 0) return { state: 'current', key, outputs };
  const lost: LostOutput[] = [];
  for (const { output } of faults) {
    const blob = await cache.outputs.check(output);
    if (blob !== 'sound') lost.push({ output, blob });
  }
  if (lost.length > 0) return { state: 'outdated', key, fingerprint, lost };
  return { state: 'restorable', key, fingerprint, outputs, faults };
}

/**
 * Assesses instances in the order of the graph; those that must run leave their dependants waiting.
 * @param known assessments that are known already
 */
export async function assessAll(
  cache: Cache,
  instances: readonly Instance[],
  codeOf: CodeDigestOf,
  isForced: (id: InstanceId) => boolean = () => false,
  known: ReadonlyMap<InstanceId, Assessment> = new Map(),
): Promise<ReadonlyMap<InstanceId, Assessment>> {
  const assessments = new Map<InstanceId, Assessment>();
  const outputsOf = (id: InstanceId) => resultIn(assessments, id)?.outputs;
  for (const instance of instances) {
    const { id } = instance;
    let assessment = known.get(id) ?? (await assess(cache, instance, codeOf, outputsOf));
    if (isForced(id)) assessment = await force(cache, assessment, instance, codeOf, outputsOf);
    assessments.set(id, assessment);
  }
  return assessments;
}

/** The assessment of an instance that is forced to run. */
export async function force(
  cache: Cache,
  assessment: Assessment,
  instance: Instance,
  codeOf: CodeDigestOf,
  outputsOf: OutputsOf,
): Promise<Assessment> {
  if (assessment.state === 'waiting' || assessment.state === 'outdated') return assessment;
  const around = await cache.raw.around(instance);
  const fingerprint = fingerprintOf(instance, codeOf(instance.module), around, outputsOf);
  if (fingerprint === undefined) return { state: 'waiting' };
  return { state: 'outdated', key: assessment.key, fingerprint, lost: [] };
}
