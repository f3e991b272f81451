import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { meansOfLosses } from '../../src/studies/precision/means.ts';
import { MEAN_TABLE } from '../../src/studies/precision/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Means of more and more equal losses, added up in float16. */
export default defineStage({
  params: z.strictObject({
    /** Losses at most, a power of two. */
    mostTerms: z.int().min(16),
  }),
  inputs: {},
  outputs: { means: 'means.arrow' },
  async run({ params: { mostTerms }, outputs }) {
    writeRows(outputs.means, MEAN_TABLE, await meansOfLosses(mostTerms));
  },
});
