import { z } from 'zod';
import { partsOf, readSplit } from '../../src/dimension/judgements/table.ts';
import { SEARCH } from '../../src/dimension/params.ts';
import { checkedFile, FILE_PARAM, type FileParam } from '../../src/dimension/project-file.ts';
import { OWN_VECTORS } from '../../src/dimension/tables.ts';
import { compareVectors } from '../../src/dimension/vectors/compare.ts';
import { normalise } from '../../src/dimension/vectors/projections.ts';
import { readVectors, vectorsFor } from '../../src/dimension/vectors/read.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { writeRows } from '../../src/tables/records.ts';

/** How vectors that the reader has rank, whole and reduced. An empty table if there are none. */
export default defineStage({
  params: z.strictObject({
    ...SEARCH,
    /** Vectors of the items by name, and of the queries; `none` for those that there are not. */
    itemVectors: z.union([FILE_PARAM, z.literal('none')]),
    queryVectors: z.union([FILE_PARAM, z.literal('none')]),
    similarity: z.enum(['dot', 'cosine']),
    dims: z.array(z.int().min(1)),
  }),
  inputs: { queries: 'one', items: 'one' },
  outputs: { comparison: 'comparison.arrow' },
  async run({ params, inputs, outputs, signal }) {
    const { itemVectors, queryVectors, similarity, dims, ...search } = params;
    if (itemVectors === 'none') return writeRows(outputs.comparison, OWN_VECTORS, []);
    const table = readSplit(inputs.queries.path, inputs.items.path);
    const { judgements, split } = table;
    const rowsFor = async (file: FileParam, names: readonly string[], what: string) => {
      const vectors = await readVectors(await checkedFile(file));
      const rows = { width: vectors.width, values: vectorsFor(names, vectors, what) };
      return similarity === 'cosine' ? normalise(rows) : rows;
    };
    const namesOf = (queries: readonly number[]) => queries.map((q) => judgements.queryNames[q]);
    const items = await rowsFor(itemVectors, judgements.itemNames, 'items');
    const queries =
      queryVectors === 'none'
        ? undefined
        : {
            fitted: await rowsFor(queryVectors, namesOf(split.fitted), 'queries'),
            heldOut: await rowsFor(queryVectors, namesOf(split.heldOut), 'queries'),
          };
    const rows = await compareVectors(partsOf(table), { items, queries }, dims, {
      ...search,
      signal,
    });
    writeRows(outputs.comparison, OWN_VECTORS, rows);
  },
});
