import { z } from 'zod';
import { FORMATS } from '../../src/dimension/judgements/formats.ts';
import { readJudgements } from '../../src/dimension/judgements/read.ts';
import { sampleJudgements } from '../../src/dimension/judgements/sample.ts';
import { splitQueries } from '../../src/dimension/judgements/split.ts';
import { writeJudgements } from '../../src/dimension/judgements/table.ts';
import { JUDGEMENTS_SUMMARY } from '../../src/dimension/tables.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Reads who should match whom, takes a sample if it is large, and holds queries out. */
export default defineStage({
  params: z.strictObject({
    /** By the file's first line if left out. */
    format: z.enum(FORMATS).optional(),
    /** Least relevance that counts as a match. */
    relevantFrom: z.number().default(1),
    /** Most queries and items that vectors are fitted to. */
    queries: z.int().min(2),
    items: z.int().min(2),
    /** Share of the queries that is held out. */
    heldOut: z.number().min(0).max(0.9),
    sampleSeed: z.int().default(1),
  }),
  inputs: { file: 'one' },
  outputs: { queries: 'queries.arrow', items: 'items.arrow', summary: 'summary.arrow' },
  async run({ params, inputs, outputs, log }) {
    const { format, relevantFrom, queries, items, heldOut, sampleSeed } = params;
    const read = await readJudgements(inputs.file.path, { format, relevantFrom });
    const all = read.judgements;
    const sample = sampleJudgements(all, { queries, items, seed: sampleSeed });
    const judgements = {
      ...sample.judgements,
      queryNames: sample.queries.map((query) => all.queryNames[query]),
      itemNames: sample.items.map((item) => all.itemNames[item]),
    };
    const split = splitQueries(judgements, heldOut, sampleSeed);
    writeJudgements(outputs, { judgements, split });
    const summary = {
      format: read.format,
      lines: read.lines,
      repeated: read.repeated,
      withoutItems: read.withoutItems,
      allQueries: all.queryNames.length,
      allItems: all.items,
      queries: judgements.queryNames.length,
      items: judgements.items,
      passedOver: sample.passedOver,
      heldOut: split.heldOut.length,
    };
    writeRows(outputs.summary, JUDGEMENTS_SUMMARY, [summary]);
    log(JSON.stringify(summary));
  },
});
