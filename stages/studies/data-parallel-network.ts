import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { timeOnNetworks } from '../../src/studies/data-parallel/experiment.ts';
import {
  NETWORK_TABLE,
  type NetworkRow,
  WORKER_TABLE,
} from '../../src/studies/data-parallel/tables.ts';
import { readRows, writeRows } from '../../src/tables/records.ts';

/** How long workers would take to exchange the gradients of the trained models over a network. */
export default defineStage({
  params: z.strictObject({
    networks: z.array(
      z.strictObject({
        network: z.string(),
        /** Seconds. */
        latency: z.number().positive(),
        /** Bytes per second. */
        bandwidth: z.number().positive(),
      }),
    ),
    workers: z.array(z.int().min(1)).min(1),
  }),
  inputs: { workers: 'many' },
  outputs: { seconds: 'seconds.arrow' },
  async run({ params: { networks, workers }, inputs, outputs }) {
    const sizes = inputs.workers.flatMap(({ path }) =>
      readRows(path, WORKER_TABLE).map(({ parameters }) => parameters),
    );
    const rows: NetworkRow[] = [];
    for (const numbers of new Set(sizes)) {
      rows.push(...(await timeOnNetworks(numbers, networks, workers)));
    }
    writeRows(outputs.seconds, NETWORK_TABLE, rows);
  },
});
