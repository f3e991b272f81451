import { z } from 'zod';
import { partsOf, readSplit } from '../../src/dimension/judgements/table.ts';
import { SEARCH } from '../../src/dimension/params.ts';
import { checkedFile, FILE_PARAM } from '../../src/dimension/project-file.ts';
import { OWN_VECTORS } from '../../src/dimension/tables.ts';
import { compareVectors } from '../../src/dimension/vectors/compare.ts';
import { normalise } from '../../src/dimension/vectors/projections.ts';
import { type NamedVectors, readVectors, vectorsFor } from '../../src/dimension/vectors/read.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { writeRows } from '../../src/tables/records.ts';

/** How vectors that the reader has rank, whole and reduced. An empty table if there are none. */
export default defineStage({
  params: z.strictObject({
    ...SEARCH,
    /** Vectors of the items by name, and of the queries; `none` for those that there are not. */
    itemVectors: z.union([FILE_PARAM, z.literal('none')]),
    queryVectors: z.union([FILE_PARAM, z.literal('none')]),
    /** What to do if not one of the items has a vector, as when the vectors are for other judgements. */
    ifStrange: z.enum(['fail', 'skip']).default('fail'),
    similarity: z.enum(['dot', 'cosine']),
    dims: z.array(z.int().min(1)),
  }),
  inputs: { queries: 'one', items: 'one' },
  outputs: { comparison: 'comparison.arrow' },
  async run({ params, inputs, outputs, signal, log }) {
    const { itemVectors, queryVectors, ifStrange, similarity, dims, ...search } = params;
    if (itemVectors === 'none') return writeRows(outputs.comparison, OWN_VECTORS, []);
    const table = readSplit(inputs.queries.path, inputs.items.path);
    const { judgements, split } = table;
    const ofItems = await readVectors(await checkedFile(itemVectors));
    const known = new Set(ofItems.names);
    if (ifStrange === 'skip' && !judgements.itemNames.some((name) => known.has(name))) {
      log(`no vectors are compared: ${itemVectors.file} has none of these items`);
      return writeRows(outputs.comparison, OWN_VECTORS, []);
    }
    const rowsFor = (vectors: NamedVectors, names: readonly string[], what: string) => {
      const rows = { width: vectors.width, values: vectorsFor(names, vectors, what) };
      return similarity === 'cosine' ? normalise(rows) : rows;
    };
    const namesOf = (queries: readonly number[]) => queries.map((q) => judgements.queryNames[q]);
    const items = rowsFor(ofItems, judgements.itemNames, 'items');
    const ofQueries =
      queryVectors === 'none' ? undefined : await readVectors(await checkedFile(queryVectors));
    const queries =
      ofQueries === undefined
        ? undefined
        : {
            fitted: rowsFor(ofQueries, namesOf(split.fitted), 'queries'),
            heldOut: rowsFor(ofQueries, namesOf(split.heldOut), 'queries'),
          };
    const rows = await compareVectors(partsOf(table), { items, queries }, dims, {
      ...search,
      signal,
    });
    writeRows(outputs.comparison, OWN_VECTORS, rows);
  },
});
