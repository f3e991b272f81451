import { groupBy } from '../../tables/group-by.ts';
import { actionKey, fingerprintOf, type OutputRecord } from '../cache/fingerprint.ts';
import { isSameMetric, type Metric } from '../cache/metrics.ts';
import { listSome, unionOfKeys } from '../core/collections.ts';
import type { CodeDigestOf } from '../current/assess.ts';
import type { Result } from '../current/results.ts';
import { type Change, changesBetween } from '../explain/changes.ts';
import type { ManifestOf } from '../explain/code-manifests.ts';
import { formatChange, formatMetric, shortDigest } from '../explain/format.ts';
import type { Around } from '../inputs/raw-inputs.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { stageOf } from '../pipeline/names.ts';
import type { AcceptedProfile, AcceptedRecord } from './accepted.ts';

/** One difference between a pipeline with its results and the lock file. */
export type LockFileDifference =
  /** The instance is not in the lock file. */
  | { readonly kind: 'added'; readonly instance: InstanceId }
  /** The instance is in the lock file but no longer in the pipeline. */
  | { readonly kind: 'removed'; readonly instance: InstanceId }
  /** Its code, its params or its inputs changed. No changes listed: its inputs did. */
  | {
      readonly kind: 'made-from';
      readonly instance: InstanceId;
      readonly changes: readonly Change[];
    }
  /** The same action on the same type of machine produced different bytes. */
  | {
      readonly kind: 'output';
      readonly instance: InstanceId;
      readonly output: string;
      readonly before: string | undefined;
      readonly after: string | undefined;
    }
  /** A metric moved by more than `within`, its tolerance. */
  | {
      readonly kind: 'metric';
      readonly instance: InstanceId;
      readonly metric: string;
      readonly before: number | undefined;
      readonly after: number | undefined;
      readonly within: number;
    };

/**
 * Compares what can be compared without running anything: the set of instances, and the code, params
 * and inputs of each. Every instance is assumed to read the accepted artifacts, so a change is
 * reported once, where it was made. Keys are compared as of the accepted runtime: the result depends neither
 * on the machine nor on its Node.
 *
 * @param aroundOf what an instance reads besides artifacts
 * @param isRemoved whether an instance is no longer in the pipeline
 */
export function compareDeclaration(
  accepted: AcceptedProfile,
  instances: readonly Instance[],
  codeOf: CodeDigestOf,
  aroundOf: (instance: Instance) => Around | undefined,
  manifestOf: ManifestOf,
  isRemoved: (id: InstanceId) => boolean,
): readonly LockFileDifference[] {
  const outputsOf = (id: InstanceId) => outputRecords(accepted.instances.get(id));
  const differences: LockFileDifference[] = [];
  const { runtime } = accepted;
  for (const instance of instances) {
    const { id, module, params } = instance;
    const record = accepted.instances.get(id);
    if (record === undefined) {
      differences.push({ kind: 'added', instance: id });
      continue;
    }
    const around = aroundOf(instance);
    const now = fingerprintOf(instance, codeOf(module), around, outputsOf, { runtime });
    if (now !== undefined && actionKey(now) === record.key) continue;
    const after = now ?? { module, code: codeOf(module), params, inputs: [] };
    // The lock file has no list of inputs: what code and params do not explain is due to inputs.
    const before = { ...after, code: record.code, params: record.params };
    differences.push({
      kind: 'made-from',
      instance: id,
      changes: changesBetween(before, after, manifestOf),
    });
  }
  for (const id of accepted.instances.keys()) {
    if (isRemoved(id)) differences.push({ kind: 'removed', instance: id });
  }
  return differences;
}

/**
 * The share of a stage's instances whose metrics may exceed their tolerance if another type of machine
 * made them. Rounding occasionally decides where a training ends; no tolerance of one metric covers that.
 */
const EXCEPTIONS = 0.05;

/** How results compare with the accepted ones. */
interface ResultComparison {
  readonly differences: readonly LockFileDifference[];
  /** Metrics beyond their tolerance, on another type of machine, of at most `EXCEPTIONS` of a stage. */
  readonly byChance: readonly LockFileDifference[];
}

/**
 * Compares results with the accepted ones. Metrics are compared on every machine, within their
 * tolerance; bytes only if the same type of machine made both, since processors round differently.
 */
export function compareResults(
  accepted: AcceptedProfile,
  results: ReadonlyMap<InstanceId, Result>,
): ResultComparison {
  const differences: LockFileDifference[] = [];
  /** Per stage, the metric differences of each instance that another type of machine made. */
  const fromOtherMachines = new Map<string, (readonly LockFileDifference[])[]>();
  for (const [instance, result] of results) {
    const record = accepted.instances.get(instance);
    if (record === undefined) continue;
    const metrics = compareMetrics(instance, record, result);
    if (result.machine !== accepted.machine) {
      const stage = stageOf(instance);
      const instances = fromOtherMachines.get(stage) ?? [];
      fromOtherMachines.set(stage, instances);
      instances.push(metrics);
      continue;
    }
    differences.push(...metrics);
    if (result.key === record.key) differences.push(...compareOutputs(instance, record, result));
  }
  const byChance: LockFileDifference[] = [];
  for (const instances of fromOtherMachines.values()) {
    const deviating = instances.filter((metrics) => metrics.length > 0);
    const isByChance = deviating.length <= instances.length * EXCEPTIONS;
    (isByChance ? byChance : differences).push(...deviating.flat());
  }
  return { differences, byChance };
}

function compareOutputs(
  instance: InstanceId,
  record: AcceptedRecord,
  { outputs }: Result,
): readonly LockFileDifference[] {
  const digests = Object.fromEntries(outputs.map(({ name, digest }) => [name, digest]));
  return unionOfKeys(record.outputs, digests).flatMap((output): readonly LockFileDifference[] => {
    const [before, after] = [record.outputs[output], digests[output]];
    return before === after ? [] : [{ kind: 'output', instance, output, before, after }];
  });
}

function compareMetrics(
  instance: InstanceId,
  record: AcceptedRecord,
  { metrics }: Result,
): readonly LockFileDifference[] {
  return unionOfKeys(record.metrics, metrics).flatMap((metric): readonly LockFileDifference[] => {
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

/** Differences as lines. Instances of a stage that differ in the same way share a line. */
export function describeDifferences(differences: readonly LockFileDifference[]): readonly string[] {
  const described = differences.map((difference) => ({
    instance: difference.instance,
    text: describe(difference),
  }));
  const groups = groupBy(described, ({ instance, text }) => `${stageOf(instance)}\n${text}`);
  return [...groups.values()].map((group) => {
    const instances = group.map(({ instance }) => instance);
    return `${listSome(instances)}: ${group[0].text}`;
  });
}

function describe(difference: LockFileDifference): string {
  switch (difference.kind) {
    case 'added':
      return 'not in the lock file';
    case 'removed':
      return 'in the lock file, but no longer in the pipeline';
    case 'made-from': {
      const { changes } = difference;
      return changes.length === 0 ? 'inputs changed' : changes.map(formatChange).join(', ');
    }
    case 'output': {
      const { output, before, after } = difference;
      const digests = `${shortDigest(before)} -> ${shortDigest(after)}`;
      return `output '${output}' ${digests}, from the same code, params and inputs`;
    }
    case 'metric': {
      const { metric, before, after, within } = difference;
      const tolerance = within === 0 ? '' : ` (tolerance ${formatMetric(within)})`;
      return `${metric} ${formatMetric(before)} -> ${formatMetric(after)}${tolerance}`;
    }
  }
}
