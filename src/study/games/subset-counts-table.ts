import { type RowTypes, writeRows } from '../../tables/records.ts';
import type { SubsetCount } from './count-subsets.ts';

const SUBSET_COUNTS_TABLE: RowTypes<SubsetCount> = {
  deck: 'int64',
  game: 'utf8',
  operators: 'utf8',
  pairs: 'int64',
  subsets: 'int64',
  nonEmptySubsets: 'int64',
  log2Subsets: 'float64',
  method: 'utf8',
};

/** Writes the table subset-counts; its columns are the fields of `SubsetCount`. */
export function writeSubsetCounts(path: string, counts: readonly SubsetCount[]): void {
  writeRows(path, SUBSET_COUNTS_TABLE, counts);
}
