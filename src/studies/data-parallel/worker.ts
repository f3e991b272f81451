// The program of a worker's thread: the trainings of its group that it takes part in, one after the other.
import { parentPort, workerData } from 'node:worker_threads';
import { counted } from './exchange.ts';
import { sharedMemoryExchange } from './shared-memory.ts';
import { taskOf } from './tasks.ts';
import type { Finished, WorkerData } from './threads.ts';
import { parameterCountOf, Worker } from './training.ts';

const { settings, trainings, rank, outboxes } = workerData as WorkerData;
const task = taskOf(settings);
const worker = new Worker(task, settings.batch);
for (const [index, { run, workers }] of trainings.entries()) {
  if (rank >= workers) continue;
  const exchange = counted(sharedMemoryExchange(outboxes[index], rank, workers));
  const result = await worker.train(run, settings.schedule, exchange);
  parentPort?.postMessage({
    index,
    rank,
    ...result,
    ...exchange.traffic,
    count: parameterCountOf(task),
    gathered: worker.gathered(run, workers),
  } satisfies Finished);
}
await worker.dispose();
