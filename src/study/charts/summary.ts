import { numbers, utf8 } from '../../tables/column.ts';
import { encodeTable, type TableContent } from '../../tables/write.ts';
import type { RunMetrics } from '../metrics/runs.ts';

/** The summary as a table, one row per model and seed. */
export function encodeSummary(runs: readonly RunMetrics[]): Uint8Array {
  const number = (pick: (run: RunMetrics) => number | undefined) =>
    numbers(
      'float64',
      runs.map((run) => pick(run) ?? null),
    );
  const content: TableContent = {
    columns: {
      deck: numbers(
        'int32',
        runs.map(({ deck }) => deck),
      ),
      game: utf8(runs.map(({ game }) => game)),
      model: utf8(runs.map(({ model }) => model)),
      dim: numbers(
        'int32',
        runs.map(({ dim }) => dim ?? null),
      ),
      seed: numbers(
        'int32',
        runs.map(({ seed }) => seed),
      ),
      queries: numbers(
        'int32',
        runs.map(({ queries }) => queries),
      ),
      kl: number(({ kl }) => kl),
      overlap: number(({ overlap }) => overlap),
      entropy: number(({ entropy }) => entropy),
      entropyMid: number(({ entropyMid }) => entropyMid),
    },
  };
  return encodeTable(content);
}

/** Groups in order of first appearance. */
export function groupBy<T>(
  items: readonly T[],
  key: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
