import { expect, test } from 'vitest';
import { DATA_PARALLEL_CLAIMS } from '../../../src/studies/data-parallel/claims.ts';
import {
  type DataParallelEvidence,
  type LossRow,
  METHODS,
  type NetworkRow,
  type Run,
  TASKS,
  type TaskName,
  type WorkerRow,
} from '../../../src/studies/data-parallel/tables.ts';
import { bytesSent, secondsToReduce } from '../../../src/studies/data-parallel/theory.ts';
import { verdicts } from '../verdicts.ts';

const GROUPS = [2, 4];
const P = 100;

function trainings(task: TaskName): readonly { readonly run: Run; readonly workers: number }[] {
  const runs: readonly Run[] = task === 'infonce' ? [...METHODS, 'apart'] : METHODS;
  return [
    { run: 'one', workers: 1 },
    { run: 'reordered', workers: 1 },
    ...GROUPS.flatMap((workers) => runs.map((run) => ({ run, workers }))),
  ];
}

/** As expected: rounding in every training but those whose workers do not know each other's scores. */
function evidence(change: {
  readonly loss?: (row: LossRow) => number;
  readonly worker?: (row: WorkerRow) => Partial<WorkerRow>;
  readonly network?: (row: NetworkRow) => number;
}): DataParallelEvidence {
  const losses = TASKS.flatMap((task) =>
    trainings(task).flatMap(({ run, workers }) =>
      [1, 2].map((step): LossRow => {
        const by = { one: 0, reordered: 1e-6, master: 2e-6, ring: 2e-6, tree: 2e-6, apart: 0.3 };
        const row = { task, run, workers, step, loss: 3 / step + by[run] };
        return { ...row, loss: change.loss?.(row) ?? row.loss };
      }),
    ),
  );
  const workers = TASKS.flatMap((task) =>
    trainings(task).flatMap(({ run, workers: size }) =>
      Array.from({ length: size }, (_, rank): WorkerRow => {
        const method = METHODS.find((one) => one === run) ?? 'ring';
        const gathered = task === 'infonce' && size > 1 && run !== 'apart' ? 5 : 0;
        const row: WorkerRow = {
          task,
          run,
          workers: size,
          rank,
          steps: 2,
          parameters: P,
          gathered,
          bytesSent: 2 * (bytesSent(method, P, rank, size) + 4 * gathered * (size - 1)),
          bytesReceived: 0,
          messagesSent: 0,
          difference: 0,
          batchLoss: run === 'apart' ? 3.1 : 3,
        };
        return { ...row, ...change.worker?.(row) };
      }),
    ),
  );
  const networks = [
    { network: 'slow', latency: 1e-6, bandwidth: 1e4 },
    { network: 'fast', latency: 1e-2, bandwidth: 4e4 },
  ].flatMap((network) =>
    METHODS.flatMap((method) =>
      [1, 8, 16].map((size): NetworkRow => {
        const seconds = secondsToReduce(method, P, size, network);
        const row = { ...network, numbers: P, method, workers: size, seconds };
        return { ...row, seconds: change.network?.(row) ?? seconds };
      }),
    ),
  );
  return { losses, workers, networks, computing: 0.1 };
}

test('what is expected holds every claim', () => {
  for (const [claim, verdict] of Object.entries(verdicts(DATA_PARALLEL_CLAIMS, evidence({})))) {
    expect([claim, verdict]).toEqual([claim, 'holds']);
  }
});

test.each([
  [
    'a tree that trains something else',
    {
      loss: ({ run, task, loss }: LossRow) =>
        run === 'tree' && task === 'mlp' ? loss + 2e-5 : loss,
    },
    'equal-loss-curves',
  ],
  [
    'rounding that grows, in another order of rows too',
    { loss: ({ run, loss }: LossRow) => (run === 'one' ? loss : loss * 1.001) },
    'losses-stay-close',
  ],
  [
    'a worker that drifts',
    { worker: ({ rank }: WorkerRow) => (rank === 3 ? { difference: 1e-9 } : {}) },
    'workers-keep-the-same-bits',
  ],
  [
    'InfoNCE of shards as good as of the batch',
    { loss: ({ run, loss }: LossRow) => (run === 'apart' ? loss - 0.295 : loss) },
    'infonce-needs-the-scores-of-all',
  ],
  [
    'gathered scores that do not help',
    {
      loss: ({ run, task, loss }: LossRow) =>
        run === 'ring' && task === 'infonce' ? loss + 1 : loss,
    },
    'infonce-needs-the-scores-of-all',
  ],
  [
    'shards apart that train as well',
    { worker: ({ run }: WorkerRow) => (run === 'apart' ? { batchLoss: 3.001 } : {}) },
    'shards-apart-train-worse',
  ],
  [
    'a number too many',
    {
      worker: ({ rank, run, bytesSent: sent }: WorkerRow) =>
        run === 'ring' && rank === 1 ? { bytesSent: sent + 4 } : {},
    },
    'bytes-as-in-theory',
  ],
  [
    'a ring that sends everything through one',
    {
      worker: ({ rank, run, bytesSent: sent }: WorkerRow) =>
        run === 'ring' ? { bytesSent: rank === 0 ? 4 * sent : 0 } : {},
    },
    'a-ring-shares-the-load',
  ],
  [
    'a slow tree',
    {
      network: ({ method, seconds }: NetworkRow) => (method === 'tree' ? seconds * 1.02 : seconds),
    },
    'seconds-as-in-theory',
  ],
  [
    'a tree that is always slow',
    { network: ({ method, seconds }: NetworkRow) => (method === 'tree' ? seconds * 100 : seconds) },
    'no-method-is-best-everywhere',
  ],
  [
    'a master that does not saturate',
    {
      network: ({ method, seconds }: NetworkRow) => (method === 'master' ? seconds / 100 : seconds),
    },
    'a-master-saturates',
  ],
] as const)('%s: its claim fails', (_, change, claim) => {
  expect(verdicts(DATA_PARALLEL_CLAIMS, evidence(change))[claim]).toBe('fails');
});

test('nothing decides nothing', () => {
  const none = { losses: [], workers: [], networks: [], computing: 1 };
  expect(new Set(Object.values(verdicts(DATA_PARALLEL_CLAIMS, none)))).toEqual(
    new Set(['undecided']),
  );
});
