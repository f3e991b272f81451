import { numbers, utf8 } from '../../tables/column.ts';
import { writeTable } from '../../tables/write.ts';
import type { SubsetCount } from './count-subsets.ts';

/** Writes the table subset-counts; its columns are the fields of `SubsetCount`. */
export function writeSubsetCounts(path: string, counts: readonly SubsetCount[]): void {
  const column = <K extends keyof SubsetCount>(name: K): SubsetCount[K][] =>
    counts.map((count) => count[name]);
  writeTable(path, {
    columns: {
      deck: numbers('int64', column('deck')),
      game: utf8(column('game')),
      operators: utf8(column('operators')),
      pairs: numbers('int64', column('pairs')),
      subsets: numbers('int64', column('subsets')),
      nonEmptySubsets: numbers('int64', column('nonEmptySubsets')),
      log2Subsets: numbers('float64', column('log2Subsets')),
      method: utf8(column('method')),
    },
  });
}
