import { actionKey, fingerprintOf, type OutputRecord } from '../cache/fingerprint.ts';
import { isSameMetric, type Metric } from '../cache/metrics.ts';
import type { CodeDigestOf } from '../current/assess.ts';
import type { Result } from '../current/results.ts';
import { type Change, type CodeManifest, differences } from '../explain/explain.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import type { AcceptedProfile, AcceptedRecord } from './accepted.ts';

/** One way in which a pipeline and what it makes differ from the accepted results. */
export type Difference =
  /** The instance is not in the lock file. */
  | { readonly kind: 'added'; readonly instance: InstanceId }
  /** The lock file has an instance that the pipeline has not. */
  | { readonly kind: 'removed'; readonly instance: InstanceId }
  /** It is made from something else: from other code or params, or wired otherwise. */
  | {
      readonly kind: 'made-from';
      readonly instance: InstanceId;
      readonly changes: readonly Change[];
    }
  /** Made from the same on the same type of machine, and yet it came out otherwise. */
  | {
      readonly kind: 'output';
      readonly instance: InstanceId;
      readonly output: string;
      readonly before: string | undefined;
      readonly after: string | undefined;
    }
  /** `within`: the deviation that would not have counted. */
  | {
      readonly kind: 'metric';
      readonly instance: InstanceId;
      readonly metric: string;
      readonly before: number | undefined;
      readonly after: number | undefined;
      readonly within: number;
    };

/**
 * What can be told without running anything: which instances there are, and whether each is made from
 * the accepted code and params, given that all it reads came out as accepted. So a change shows where
 * it was made and not in all that depends on it, and no machine matters.
 *
 * @param isGone whether the pipeline has an instance no longer
 */
export function compareDeclared(
  accepted: AcceptedProfile,
  instances: readonly Instance[],
  codeOf: CodeDigestOf,
  manifestOf: (digest: string) => CodeManifest | undefined,
  isGone: (id: InstanceId) => boolean,
): readonly Difference[] {
  const outputsOf = (id: InstanceId) => outputRecords(accepted.instances.get(id));
  const found: Difference[] = [];
  for (const instance of instances) {
    const { id, module, params } = instance;
    const record = accepted.instances.get(id);
    if (record === undefined) {
      found.push({ kind: 'added', instance: id });
      continue;
    }
    const now = fingerprintOf(instance, codeOf(module), outputsOf);
    if (now !== undefined && actionKey(now) === record.key) continue;
    const after = now ?? { module, code: codeOf(module), params, inputs: [] };
    // Inputs are not recorded apart: what neither code nor params explain must be due to them.
    const before = { ...after, code: record.code, params: record.params };
    found.push({
      kind: 'made-from',
      instance: id,
      changes: differences(before, after, manifestOf),
    });
  }
  for (const id of accepted.instances.keys()) {
    if (isGone(id)) found.push({ kind: 'removed', instance: id });
  }
  return found;
}

/**
 * Of the instances of one stage, the share whose metrics may be off when another type of machine made them.
 * Where a training ends is now and then decided by the last bit: no tolerance for one of them covers that.
 */
const CHANCE = 0.05;

/** How results compare with the accepted ones. */
export interface Comparison {
  readonly differences: readonly Difference[];
  /** Metrics that are off, of so few instances of their stage that another machine's rounding explains it. */
  readonly byChance: readonly Difference[];
}

/**
 * How results differ from the accepted ones: metrics by more than their tolerance, on any machine; bytes
 * only of what was made on the type of machine that they were accepted on, since processors round differently.
 */
export function compareResults(
  accepted: AcceptedProfile,
  results: ReadonlyMap<InstanceId, Result>,
): Comparison {
  const found: Difference[] = [];
  const elsewhere = new Map<
    string,
    { compared: number; readonly off: (readonly Difference[])[] }
  >();
  for (const [instance, result] of results) {
    const record = accepted.instances.get(instance);
    if (record === undefined) continue;
    const metrics = compareMetrics(instance, record, result);
    if (result.machine !== accepted.machine) {
      const stage = instance.split('[', 1)[0];
      const counts = elsewhere.get(stage) ?? { compared: 0, off: [] };
      elsewhere.set(stage, counts);
      counts.compared += 1;
      if (metrics.length > 0) counts.off.push(metrics);
      continue;
    }
    found.push(...metrics);
    if (result.key !== record.key) continue;
    const after = Object.fromEntries(result.outputs.map(({ name, digest }) => [name, digest]));
    for (const output of unionOfKeys(record.outputs, after)) {
      const pair = { before: record.outputs[output], after: after[output] };
      if (pair.before === pair.after) continue;
      found.push({ kind: 'output', instance, output, ...pair });
    }
  }
  const byChance: Difference[] = [];
  for (const { compared, off } of elsewhere.values()) {
    (off.length <= compared * CHANCE ? byChance : found).push(...off.flat());
  }
  return { differences: found, byChance };
}

function compareMetrics(
  instance: InstanceId,
  record: AcceptedRecord,
  { metrics }: Result,
): readonly Difference[] {
  return unionOfKeys(record.metrics, metrics).flatMap((metric): readonly Difference[] => {
    const before: number | undefined = record.metrics[metric];
    const now: Metric | undefined = metrics[metric];
    if (before !== undefined && now !== undefined && isSameMetric(before, now)) return [];
    const [after, within = 0] = now ?? [];
    return [{ kind: 'metric', instance, metric, before, after, within }];
  });
}

function outputRecords(record: AcceptedRecord | undefined): readonly OutputRecord[] | undefined {
  if (record === undefined) return undefined;
  return Object.entries(record.outputs).map(([name, digest]) => ({ name, digest, size: 0 }));
}

function unionOfKeys(a: object, b: object): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}
