import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { partsOf, readSplit } from '../../src/dimension/judgements/table.ts';
import { SEARCH } from '../../src/dimension/params.ts';
import { OWN_VECTORS } from '../../src/dimension/tables.ts';
import { compareVectors } from '../../src/dimension/vectors/compare.ts';
import { normalise } from '../../src/dimension/vectors/projections.ts';
import { readWanted, USES, vectorsFor } from '../../src/dimension/vectors/read.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { writeRows } from '../../src/tables/records.ts';

/** How vectors that the reader has rank, whole and reduced. An empty table if there are none. */
export default defineStage({
  params: z.strictObject({
    ...SEARCH,
    /** When vectors are compared: `known` is if at least one name is that of an item, or of a query. */
    use: z.strictObject({ items: z.enum(USES), queries: z.enum(USES) }),
    similarity: z.enum(['dot', 'cosine']),
    dims: z.array(z.int().min(1)),
  }),
  inputs: { queries: 'one', items: 'one', itemVectors: 'many', queryVectors: 'many' },
  outputs: { comparison: 'comparison.arrow', notes: 'notes.json' },
  async run({ params, inputs, outputs, signal, progress }) {
    const { use, similarity, dims, ...search } = params;
    const table = readSplit(inputs.queries.path, inputs.items.path);
    const { itemNames, queryNames } = table.judgements;
    const notes: string[] = [];
    const read = (what: 'items' | 'queries', names: readonly string[]) => {
      const files = what === 'items' ? inputs.itemVectors : inputs.queryVectors;
      const paths = files.map(({ path }) => path);
      return readWanted(paths, { use: use[what], names, what, note: (text) => notes.push(text) });
    };
    const items = await read('items', itemNames);
    const queries = items && (await read('queries', queryNames));
    writeFileSync(outputs.notes, `${JSON.stringify(notes)}\n`);
    if (items === undefined) return writeRows(outputs.comparison, OWN_VECTORS, []);
    const rowsFor = (names: readonly string[], what: 'items' | 'queries') => {
      const vectors = what === 'queries' && queries !== undefined ? queries : items;
      const rows = { width: vectors.width, values: vectorsFor(names, vectors, what) };
      return similarity === 'cosine' ? normalise(rows) : rows;
    };
    const ofQueries = (part: readonly number[]) =>
      rowsFor(
        part.map((query) => queryNames[query]),
        'queries',
      );
    const own = {
      items: rowsFor(itemNames, 'items'),
      queries: queries && {
        fitted: ofQueries(table.split.fitted),
        heldOut: ofQueries(table.split.heldOut),
      },
    };
    const onStep = (done: number, total: number) => progress({ done, total, unit: 'step' });
    const rows = await compareVectors(partsOf(table), own, dims, { ...search, signal, onStep });
    writeRows(outputs.comparison, OWN_VECTORS, rows);
  },
});
