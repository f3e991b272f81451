import { readFileSync, writeFileSync } from 'node:fs';
import { defineStage } from '@shatter/pipe';
import { z } from 'zod';

/** Leaves out rows that are incomplete or no measurements. */
export default defineStage({
  params: z.strictObject({
    limit: z.number().positive().describe('Values further from zero are faults of the sensor.'),
  }),
  inputs: { table: 'one' },
  outputs: { table: 'table.csv' },
  run({ params, inputs, outputs, log }) {
    const [heading, ...rows] = readFileSync(inputs.table.path, 'utf8').trim().split('\n');
    const kept = rows.filter((row) => {
      const cells = row.split(',');
      return cells.every((cell) => cell !== '' && Math.abs(Number(cell)) <= params.limit);
    });
    log(`kept ${kept.length} of ${rows.length} rows`);
    writeFileSync(outputs.table, `${[heading, ...kept].join('\n')}\n`);
  },
});
