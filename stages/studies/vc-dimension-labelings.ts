import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { separableLabelings } from '../../src/studies/vc-dimension/cover.ts';
import { countAll, countRandom, randomPoints } from '../../src/studies/vc-dimension/labelings.ts';
import {
  LABELINGS,
  type LabelingRow,
  VC_TABLE,
  vcDimensions,
} from '../../src/studies/vc-dimension/tables.ts';
import { writeRows } from '../../src/tables/records.ts';

/** Which labelings of points linear classifiers realise: all of a few points, random ones of more. */
export default defineStage({
  params: z.strictObject({
    seeds: z.array(z.int()).min(1),
    /** All 2^n labelings for d = 1 .. most and n = 1 .. d + 2. */
    mostExhaustive: z.int().min(1).max(10),
    random: z.strictObject({
      dims: z.array(z.int().min(1)),
      points: z.array(z.int().min(1)),
      /** Labelings drawn for each. */
      tries: z.int().min(1),
    }),
  }),
  inputs: {},
  outputs: { labelings: 'labelings.arrow', 'vc-dimension': 'vc-dimension.arrow' },
  async run({ params, outputs, signal, progress }) {
    const { seeds, mostExhaustive, random } = params;
    const small = Array.from({ length: mostExhaustive }, (_, i) => i + 1).flatMap((d) =>
      Array.from({ length: d + 2 }, (_, i) => ({ d, n: i + 1, labelings: 'all' as const })),
    );
    const large = random.dims.flatMap((d) =>
      random.points.map((n) => ({ d, n, labelings: 'random' as const })),
    );
    const tasks = [...small, ...large].flatMap((task) =>
      (['without', 'with'] as const).flatMap((bias) =>
        // Random labelings differ enough by themselves: one set of points serves them.
        (task.labelings === 'all' ? seeds : seeds.slice(0, 1)).map((seed) => ({
          ...task,
          bias,
          seed,
        })),
      ),
    );
    const rows: LabelingRow[] = [];
    for (const { d, n, labelings, bias, seed } of tasks) {
      signal.throwIfAborted();
      progress({ done: rows.length, total: tasks.length, unit: 'set of points' });
      const points = randomPoints(n, d, seed);
      const counted = await (labelings === 'all'
        ? countAll(points, bias === 'with')
        : countRandom(points, bias === 'with', random.tries, seed));
      const cover = separableLabelings(n, bias === 'with' ? d + 1 : d) / 2 ** n;
      rows.push({ d, bias, n, seed, labelings, ...counted, cover });
    }
    writeRows(outputs.labelings, LABELINGS, rows);
    writeRows(outputs['vc-dimension'], VC_TABLE, vcDimensions(rows));
  },
});
