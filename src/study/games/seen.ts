import { bool } from '../../tables/column.ts';
import { readTable } from '../../tables/read.ts';
import { writeTable } from '../../tables/write.ts';
import type { QuerySet } from './query-set.ts';

/** Which test queries a model has met in training. // [count] each */
export interface SeenQueries {
  /** The same tokens are a training query. */
  readonly query: readonly boolean[];
  /** A training query has the same true keys. */
  readonly answer: readonly boolean[];
}

/** Which of the test queries and of their answer sets occur among the training queries. */
export function seenInTraining(test: QuerySet, train: QuerySet): SeenQueries {
  return {
    query: occurring(test.tokens, train.tokens, test.sequenceLength),
    answer: occurring(test.keyMasks, train.keyMasks, test.maskWords),
  };
}

/** Which rows of the first table are rows of the second. */
function occurring(
  rows: Uint16Array | Uint32Array,
  among: Uint16Array | Uint32Array,
  width: number,
): readonly boolean[] {
  const known = new Set(keysOf(among, width));
  return Array.from(keysOf(rows, width), (key) => known.has(key));
}

/** Every row's bytes as a string. */
function* keysOf(table: Uint16Array | Uint32Array, width: number): Generator<string> {
  const bytes = Buffer.from(table.buffer, table.byteOffset, table.byteLength);
  const size = width * table.BYTES_PER_ELEMENT;
  for (let at = 0; at < bytes.length; at += size) yield bytes.toString('latin1', at, at + size);
}

/** Writes one row per test query: columns `query`, `answer`. */
export function writeSeen(path: string, { query, answer }: SeenQueries): void {
  writeTable(path, { columns: { query: bool(query), answer: bool(answer) } });
}

/** Reads what `writeSeen` wrote. */
export function readSeen(path: string): SeenQueries {
  const table = readTable(path, 'build-queries');
  const flags = (name: string) => Array.from(table.values(name), (value) => value === true);
  return { query: flags('query'), answer: flags('answer') };
}
