import { readTable } from '../../tables/read.ts';
import { type RowTypes, writeRows } from '../../tables/records.ts';
import { rows } from '../../tables/rows.ts';
import { EXACT, type SubsetCount } from './count-subsets.ts';

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

/** How many subsets a game's queries select, as text; `undefined` where it was not counted. */
export type SubsetsOf = (deck: number, game: string) => string | undefined;

/** Counts up to this are written as they are, larger ones as a power of two. */
const WRITTEN_OUT = 9999;

/** Reads how many subsets the games select with `pairs` pairs per query: `64`, `≈ 2²¹`, `> 2³⁰` where it is a bound. */
export function readSubsets(path: string, pairs: number): SubsetsOf {
  const counts = rows(readTable(path, 'count-subsets'));
  return (deck, game) => {
    const row = counts.find(
      (count) =>
        count.deck === deck &&
        count.game === game &&
        (count.pairs === null || count.pairs === (isJoined(game) ? pairs : 1)) &&
        count.operators !== 'symdiff',
    );
    if (row === undefined) return undefined;
    const subsets = 2 ** Number(row.log2Subsets);
    if (subsets <= WRITTEN_OUT + 0.5) return String(Math.round(subsets));
    const isExact = row.method === EXACT;
    const power = isExact
      ? Math.round(Number(row.log2Subsets))
      : Math.floor(Number(row.log2Subsets));
    return `${isExact ? '≈' : '>'} 2${superscript(power)}`;
  };
}

function isJoined(game: string): boolean {
  return game === 'union' || game === 'symdiff';
}

function superscript(value: number): string {
  return [...String(value)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
}
