import type { ActionKey, Digest } from '../core/digest.ts';
import { canonicalJson, type Json } from '../core/json.ts';
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

const HEADING = '# The accepted results. Written by `pipe accept`, checked by `pipe run --frozen`.';

/**
 * The lock file as text: equal results give equal bytes. Every fact has its own line below the id of
 * its instance, and nothing summarises several instances. So git merges two versions that changed
 * different instances, even adjacent ones, without a conflict.
 */
export function formatLockFile(results: AcceptedResults): string {
  const lines = [HEADING, 'version: 1', 'profiles:'];
  for (const [name, profile] of sorted(results)) lines.push(...formatProfile(name, profile));
  return `${lines.join('\n')}\n`;
}

function formatProfile(
  name: string,
  { machine, runtime, instances }: AcceptedProfile,
): readonly string[] {
  return [
    `  ${name}:`,
    `    machine: ${JSON.stringify(machine)}`,
    ...(runtime === undefined ? [] : [`    runtime: ${JSON.stringify(runtime)}`]),
    '    instances:',
    ...sorted(instances).flatMap(([id, record]) => [
      `      ${JSON.stringify(id)}:`,
      ...formatRecord(record).map((line) => `        ${line}`),
    ]),
  ];
}

/** Values are JSON, which is valid YAML. */
function formatRecord({ key, code, params, metrics, outputs }: AcceptedRecord): readonly string[] {
  return [
    `key: ${JSON.stringify(key)}`,
    `code: ${JSON.stringify(code)}`,
    `params: ${canonicalJson(params)}`,
    ...(Object.keys(metrics).length === 0 ? [] : [`metrics: ${formatMetrics(metrics)}`]),
    `outputs: ${canonicalJson(outputs)}`,
  ];
}

/** Unsafe integers are written as strings: YAML parsers reject or round them. */
function formatMetrics(metrics: AcceptedRecord['metrics']): string {
  const values = Object.entries(metrics).map(([name, value]) => {
    const isInexact = Number.isInteger(value) && !Number.isSafeInteger(value);
    return [name, isInexact ? String(value) : value];
  });
  return canonicalJson(Object.fromEntries(values));
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
