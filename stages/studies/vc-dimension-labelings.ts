import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import {
  countSeparable,
  labelingTasks,
  vcDimensions,
} from '../../src/studies/vc-dimension/experiment.ts';
import {
  LABELING_TABLE,
  type LabelingRow,
  VC_DIMENSION_TABLE,
} from '../../src/studies/vc-dimension/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Which labelings of points hyperplanes separate: all of a few points, random ones of more. */
export default defineStage({
  params: z.strictObject({
    seeds: z.array(z.int()).min(1),
    /** All 2^n labelings are tried for d = 1 .. this and n = 1 .. d + 2. */
    mostExhaustive: z.int().min(1).max(10),
    random: z.strictObject({
      dims: z.array(z.int().min(1)),
      points: z.array(z.int().min(1)),
      /** Labelings drawn per set of points. */
      tries: z.int().min(1),
    }),
  }),
  inputs: {},
  outputs: { labelings: 'labelings.arrow', 'vc-dimensions': 'vc-dimensions.arrow' },
  async run({ params, outputs, signal, progress }) {
    const tasks = labelingTasks(params);
    const rows: LabelingRow[] = [];
    for (const task of tasks) {
      signal.throwIfAborted();
      progress({ done: rows.length, total: tasks.length, unit: 'set of points' });
      rows.push(await countSeparable(task, params.random.tries));
    }
    writeRows(outputs.labelings, LABELING_TABLE, rows);
    writeRows(outputs['vc-dimensions'], VC_DIMENSION_TABLE, vcDimensions(rows));
  },
});
