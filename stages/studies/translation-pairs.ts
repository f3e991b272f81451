import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { prepare } from '../../src/studies/translation/prepare.ts';
import { readSentences } from '../../src/studies/translation/sentences.ts';
import { MERGE_TABLE, PAIR_TABLE, UNIT_TABLE } from '../../src/studies/translation/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Sentence pairs as byte-pair units. */
export default defineStage({
  params: z.strictObject({
    /** The first so many training pairs, and held-out ones. */
    train: z.int().min(1),
    heldOut: z.int().min(1),
    /** Byte pairs to merge. */
    merges: z.int().min(0),
  }),
  inputs: { sentences: 'one' },
  outputs: { pairs: 'pairs.arrow', merges: 'merges.arrow', units: 'units.arrow' },
  run({ params, inputs, outputs }) {
    const { path } = inputs.sentences;
    const { pairs, merges, units } = prepare(
      readSentences(readFileSync(path, 'utf8'), path),
      params,
    );
    writeRows(outputs.pairs, PAIR_TABLE, pairs);
    writeRows(outputs.merges, MERGE_TABLE, merges);
    writeRows(outputs.units, UNIT_TABLE, units);
  },
});
