import { canonicalJson } from '../core/json.ts';
import type { AcceptedProfile, AcceptedRecord, AcceptedResults } from './accepted.ts';

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
  const fields = sorted(new Map(Object.entries(metrics))).map(([name, value]) => {
    const isInexact = Number.isInteger(value) && !Number.isSafeInteger(value);
    return `${JSON.stringify(name)}:${JSON.stringify(isInexact ? String(value) : value)}`;
  });
  return `{${fields.join(',')}}`;
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
