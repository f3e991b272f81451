import { fixedSizeList, numbers } from '../../tables/column.ts';
import { readTable } from '../../tables/read.ts';
import { writeTable } from '../../tables/write.ts';
import { GAMES, type QuerySet } from './query-set.ts';

/** Writes queries as a table: columns `tokens`, `keyMask`, `key`, `pairs`; the game in the metadata. */
export function writeQuerySet(
  path: string,
  queries: QuerySet,
  metadata: Readonly<Record<string, string>> = {},
): void {
  writeTable(path, {
    metadata: { ...metadata, game: queries.game },
    columns: {
      tokens: fixedSizeList('uint16', queries.sequenceLength, queries.tokens),
      keyMask: fixedSizeList('uint32', queries.maskWords, queries.keyMasks),
      key: numbers('uint16', queries.keys),
      pairs: numbers('uint8', queries.pairs),
    },
  });
}

/** Reads what `writeQuerySet` wrote; the arrays are views of the file. */
export function readQuerySet(path: string): QuerySet {
  const table = readTable(path, 'build-queries');
  const tokens = table.fixedSizeLists('tokens', 'uint16');
  const masks = table.fixedSizeLists('keyMask', 'uint32');
  return {
    game: table.noteOneOf('game', GAMES),
    count: table.count,
    sequenceLength: tokens.size,
    tokens: tokens.values,
    maskWords: masks.size,
    keyMasks: masks.values,
    keys: table.numbers('key', 'uint16'),
    pairs: table.numbers('pairs', 'uint8'),
  };
}
