import { type Column, numbers, utf8 } from '../../tables/column.ts';
import { readTable } from '../../tables/read.ts';
import { writeTable } from '../../tables/write.ts';
import { membersOf, type NamedJudgements, queriesOf } from './judgements.ts';

import type { Split } from './split.ts';

/** Judgements to fit vectors to, and which of the queries are held out. */
export interface SplitJudgements {
  readonly judgements: NamedJudgements;
  readonly split: Split;
}

/** Writes `query`, `heldOut` and `items` (their indices) of every query, and the items' names. */
export function writeJudgements(
  paths: { readonly queries: string; readonly items: string },
  { judgements, split }: SplitJudgements,
): void {
  const { queryNames, itemNames } = judgements;
  const heldOut = new Uint8Array(queryNames.length);
  for (const query of split.heldOut) heldOut[query] = 1;
  const items: Column = {
    kind: 'list',
    type: 'uint32',
    values: queryNames.map((_, query) => membersOf(judgements, query)),
  };
  writeTable(paths.queries, {
    columns: { query: utf8(queryNames), heldOut: numbers('uint8', heldOut), items },
    metadata: { items: String(itemNames.length) },
  });
  writeTable(paths.items, { columns: { item: utf8(itemNames) } });
}

/** Reads what `writeJudgements` wrote; item names are left out unless asked for. */
export function readSplit(queriesPath: string, itemsPath?: string): SplitJudgements {
  const table = readTable(queriesPath, 'judgements');
  const lists = table.lists('items', 'uint32');
  const heldOut = table.numbers('heldOut', 'uint8');
  const all = Array.from(heldOut, (_, query) => query);
  const starts = new Uint32Array(lists.length + 1);
  lists.forEach((list, query) => {
    starts[query + 1] = starts[query] + list.length;
  });
  const members = new Uint32Array(starts[lists.length]);
  lists.forEach((list, query) => {
    members.set(list, starts[query]);
  });
  return {
    judgements: {
      items: Number(table.note('items')),
      starts,
      members,
      queryNames: table.utf8('query'),
      itemNames: itemsPath === undefined ? [] : readTable(itemsPath, 'judgements').utf8('item'),
    },
    split: {
      fitted: all.filter((query) => heldOut[query] === 0),
      heldOut: all.filter((query) => heldOut[query] === 1),
    },
  };
}

/** The judgements of each part of a split. */
export function partsOf({ judgements, split }: SplitJudgements) {
  return {
    fitted: queriesOf(judgements, split.fitted),
    heldOut: queriesOf(judgements, split.heldOut),
  };
}
