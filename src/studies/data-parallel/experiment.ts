import { ALL_REDUCE } from './collectives.ts';
import { type Network, SimulatedGroup } from './simulated-network.ts';
import { type LossRow, METHODS, type NetworkRow, type WorkerRow } from './tables.ts';
import type { TaskSettings } from './tasks.ts';
import { type Finished, type GroupTraining, trainInThreads } from './threads.ts';

/** Trains a task by one process, and by groups of workers in every way. */
export async function compareTrainings(
  settings: TaskSettings,
  groups: readonly number[],
  {
    signal,
    onTraining,
  }: {
    readonly signal?: AbortSignal;
    readonly onTraining?: (done: number, total: number) => void;
  } = {},
): Promise<{ readonly losses: readonly LossRow[]; readonly workers: readonly WorkerRow[] }> {
  const trainings: readonly GroupTraining[] = [
    { run: 'one', workers: 1 },
    { run: 'reordered', workers: 1 },
    ...groups.flatMap((workers) => METHODS.map((run) => ({ run, workers }))),
    ...(settings.task === 'infonce'
      ? groups.map((workers) => ({ run: 'apart' as const, workers }))
      : []),
  ];
  const results = await trainInThreads(settings, trainings, {
    ...(signal === undefined ? {} : { signal }),
    onFinished: ({ index, rank }) => {
      if (rank === 0) onTraining?.(index + 1, trainings.length);
    },
  });
  const { task } = settings;
  return {
    losses: trainings.flatMap((training, i) =>
      meanLosses(results[i]).map((loss, step) => ({ task, ...training, step: step + 1, loss })),
    ),
    workers: trainings.flatMap((training, i) =>
      results[i].map((one) => ({
        task,
        ...training,
        rank: one.rank,
        steps: settings.schedule.steps,
        parameters: one.count,
        gathered: one.gathered,
        bytesSent: one.bytesSent,
        bytesReceived: one.bytesReceived,
        messagesSent: one.messagesSent,
        batchLoss: one.batchLoss,
        difference: largestDifference(one.parameters, results[i][0].parameters),
      })),
    ),
  };
}

function meanLosses(workers: readonly Finished[]): readonly number[] {
  return workers[0].losses.map(
    (_, step) => workers.reduce((sum, { losses }) => sum + losses[step], 0) / workers.length,
  );
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);
}

/** How long the same code takes to reduce vectors of P numbers on a network that is simulated. */
export async function timeOnNetworks(
  numbers: number,
  networks: readonly ({ readonly network: string } & Network)[],
  groups: readonly number[],
): Promise<readonly NetworkRow[]> {
  const rows: NetworkRow[] = [];
  for (const { network, latency, bandwidth } of networks) {
    for (const method of METHODS) {
      for (const workers of groups) {
        const group = new SimulatedGroup(workers, { latency, bandwidth });
        const seconds = await group.run((exchange) =>
          ALL_REDUCE[method](new Float32Array(numbers), exchange),
        );
        rows.push({ network, latency, bandwidth, numbers, method, workers, seconds });
      }
    }
  }
  return rows;
}
