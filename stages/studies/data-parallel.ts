import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { dataParallelStudy } from '../../src/studies/data-parallel/study.ts';
import { LOSS_TABLE, NETWORK_TABLE, WORKER_TABLE } from '../../src/studies/data-parallel/tables.ts';
import { REPORT_OUTPUTS, REPORT_PARAMS, writeReport } from '../../src/studies/report.ts';
import { readRows, writeRows } from '../../src/tables/records.ts';

/** Whether workers that share a batch train as one process does, and what they exchange, judged and drawn. */
export default defineStage({
  params: z.strictObject({
    ...REPORT_PARAMS,
    /** Seconds that a worker is assumed to compute in a step. */
    computing: z.number().positive(),
  }),
  inputs: { losses: 'many', workers: 'many', networks: 'one' },
  outputs: { losses: 'losses.arrow', workers: 'workers.arrow', ...REPORT_OUTPUTS },
  run({ params: { profile, computing }, inputs, outputs }) {
    const losses = inputs.losses.flatMap(({ path }) => readRows(path, LOSS_TABLE));
    const workers = inputs.workers.flatMap(({ path }) => readRows(path, WORKER_TABLE));
    const networks = readRows(inputs.networks.path, NETWORK_TABLE);
    writeRows(outputs.losses, LOSS_TABLE, losses);
    writeRows(outputs.workers, WORKER_TABLE, workers);
    writeReport(dataParallelStudy, { losses, workers, networks, computing }, profile, outputs);
  },
});
