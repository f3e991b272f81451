import { listSome } from '../core/collections.ts';
import type { Json } from '../core/json.ts';
import { formatCoordinates } from '../pipeline/names.ts';
import type { Change } from './changes.ts';

/** The changes in one line: `params.steps 600 -> 800, src/metrics/kl.ts edited and 2 more`. */
export function summarise(changes: readonly Change[]): string {
  return listSome(changes.map(formatChange), 2);
}

export function formatChange(change: Change): string {
  switch (change.kind) {
    case 'module':
      return `stages/${change.before}.ts -> stages/${change.after}.ts`;
    case 'runtime':
      return `runs on ${change.after ?? 'an unknown platform'} instead of ${change.before ?? 'an unknown one'}`;
    case 'file':
      return `${change.path} ${change.how}`;
    case 'package':
      return `package ${change.name} ${change.before ?? 'none'} -> ${change.after ?? 'none'}`;
    case 'tool': {
      const [before, after] = [change.before, change.after].map((said) => `'${said ?? 'none'}'`);
      return `tool '${change.words}' ${before} -> ${after}`;
    }
    case 'command':
      return `command is now ${change.argv.join(' ')}`;
    case 'env':
      return `env ${change.name} ${howChanged(change.before ?? undefined, change.after ?? undefined)}`;
    case 'data':
      return `input ${change.name}: ${listSome(
        change.files.map(({ path, how }) => `${path} ${how}`),
        FILES_SHOWN,
      )}`;
    case 'code':
      return 'code changed';
    case 'param':
      return `params.${change.path} ${formatParam(change.before)} -> ${formatParam(change.after)}`;
    case 'input': {
      const where = formatCoordinates(Object.entries(change.axes ?? {}));
      const input = where === '' ? `input ${change.name}` : `input ${change.name}[${where}]`;
      if (change.before === undefined) return `${input} added`;
      if (change.after === undefined) return `${input} removed`;
      return `${input} ${shortDigest(change.before)} -> ${shortDigest(change.after)}`;
    }
  }
}

/** Of raw data that changed. */
const FILES_SHOWN = 5;

/** Values are not shown: they may be secrets. */
function howChanged(before: string | undefined, after: string | undefined): string {
  if (after === undefined) return 'is no longer set';
  return before === undefined ? 'is set now' : 'has another value';
}

function formatParam(value: Json | undefined): string {
  return value === undefined ? 'unset' : JSON.stringify(value);
}

export function shortDigest(digest: string | undefined): string {
  return digest?.slice(0, 12) ?? 'none';
}

/** Six significant digits; `none` where there is no such metric. */
export function formatMetric(value: number | undefined): string {
  return value === undefined ? 'none' : String(Number(value.toPrecision(6)));
}

/** `+0.012`, three significant digits; empty if either value is missing. */
export function formatDelta(before: number | undefined, after: number | undefined): string {
  if (before === undefined || after === undefined) return '';
  const delta = after - before;
  return `${delta < 0 ? '' : '+'}${Number(delta.toPrecision(3))}`;
}
