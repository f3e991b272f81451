import { counted } from '../../../src/studies/data-parallel/exchange.ts';
import { Replica, type WorkerResult } from '../../../src/studies/data-parallel/replica.ts';
import { SimulatedGroup } from '../../../src/studies/data-parallel/simulated-network.ts';
import type { Run, TaskName } from '../../../src/studies/data-parallel/tables.ts';
import { taskOf } from '../../../src/studies/data-parallel/tasks.ts';
import { smallSettings } from './settings.ts';

/** Trains a group in this thread. */
export async function trainTogether(task: TaskName, run: Run, size: number) {
  const settings = smallSettings(task);
  const group = new SimulatedGroup(size, { latency: 1, bandwidth: 1 });
  const replicas = group.exchanges.map(() => new Replica(taskOf(settings), settings.batch));
  const results: WorkerResult[] = [];
  const exchanges = group.exchanges.map(counted);
  await group.run(async ({ rank }) => {
    results[rank] = await replicas[rank].train(run, settings.schedule, exchanges[rank]);
  });
  for (const replica of replicas) await replica.dispose();
  return results.map((result, rank) => ({ ...result, ...exchanges[rank].traffic }));
}

/** Of all workers, by step. */
export const meanLosses = (workers: readonly { readonly losses: readonly number[] }[]) =>
  workers[0].losses.map(
    (_, step) => workers.reduce((sum, { losses }) => sum + losses[step], 0) / workers.length,
  );
