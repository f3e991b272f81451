// The program of a worker's thread: the trainings of its group that it takes part in, one after the other.
import { parentPort, workerData } from 'node:worker_threads';
import { counted } from './exchange.ts';
import { Replica } from './replica.ts';
import { sharedMemoryExchange } from './shared-memory.ts';
import { parameterCountOf } from './steps.ts';
import { taskOf } from './tasks.ts';
import type { Finished, WorkerData } from './threads.ts';

const { settings, trainings, rank, outboxes } = workerData as WorkerData;
const task = taskOf(settings);
const replica = new Replica(task, settings.batch);
for (const [index, { run, workers }] of trainings.entries()) {
  if (rank >= workers) continue;
  const exchange = counted(sharedMemoryExchange(outboxes[index], rank, workers));
  const { schedule } = settings;
  const result = await replica.train(run, schedule, exchange);
  parentPort?.postMessage({
    index,
    rank,
    ...result,
    ...exchange.traffic,
    count: parameterCountOf(task),
    gathered: replica.gathered(run, workers),
    ...(rank === 0
      ? { batchLoss: await replica.batchLoss(result.parameters, schedule.steps) }
      : {}),
  } satisfies Finished);
}
await replica.dispose();
