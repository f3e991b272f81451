import type { RowTypes } from '../../tables/records.ts';

/** How workers agree on the next parameters. */
export const METHODS = ['master', 'ring', 'tree'] as const;
export type Method = (typeof METHODS)[number];

/**
 * How a training is run. `one`: by one process. `reordered`: the same, with the rows of each batch in reverse, which
 * changes nothing but rounding. `apart`: by a ring of workers that take a loss over the batch for one over their shard.
 */
export const RUNS = ['one', 'reordered', ...METHODS, 'apart'] as const;
export type Run = (typeof RUNS)[number];

/**
 * What is trained: an MLP; a small dual encoder with cross-entropy, a mean over rows; the same with symmetric InfoNCE,
 * which compares the rows of a batch with each other.
 */
export const TASKS = ['mlp', 'cross-entropy', 'infonce'] as const;
export type TaskName = (typeof TASKS)[number];

/** The loss of a training before a step. */
export interface LossRow {
  readonly task: TaskName;
  readonly run: Run;
  readonly workers: number;
  /** From 1 on. */
  readonly step: number;
  readonly loss: number;
}

export const LOSS_TABLE: RowTypes<LossRow> = {
  task: 'utf8',
  run: 'utf8',
  workers: 'int32',
  step: 'int32',
  loss: 'float64',
};

/** A worker of a training, and what it exchanged in all steps together. */
export interface WorkerRow {
  readonly task: TaskName;
  readonly run: Run;
  readonly workers: number;
  readonly rank: number;
  readonly steps: number;
  /** P: trained numbers. */
  readonly parameters: number;
  /** Numbers of its shard that all workers need in each step, besides gradients. */
  readonly gathered: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly messagesSent: number;
  /** Largest difference of a parameter from worker 0's, after the last step. */
  readonly difference: number;
  /** Of worker 0: the loss of the batch after the last one, all rows together. */
  readonly batchLoss?: number | undefined;
}

export const WORKER_TABLE: RowTypes<WorkerRow> = {
  task: 'utf8',
  run: 'utf8',
  workers: 'int32',
  rank: 'int32',
  steps: 'int32',
  parameters: 'int32',
  gathered: 'int32',
  bytesSent: 'float64',
  bytesReceived: 'float64',
  messagesSent: 'int32',
  difference: 'float64',
  batchLoss: 'float64',
};

/** Time to reduce the gradients of a model on a simulated network. */
export interface NetworkRow {
  readonly network: string;
  /** Seconds. */
  readonly latency: number;
  /** Bytes per second. */
  readonly bandwidth: number;
  /** P */
  readonly numbers: number;
  readonly method: Method;
  readonly workers: number;
  readonly seconds: number;
}

export const NETWORK_TABLE: RowTypes<NetworkRow> = {
  network: 'utf8',
  latency: 'float64',
  bandwidth: 'float64',
  numbers: 'int32',
  method: 'utf8',
  workers: 'int32',
  seconds: 'float64',
};

export interface DataParallelEvidence {
  readonly losses: readonly LossRow[];
  readonly workers: readonly WorkerRow[];
  readonly networks: readonly NetworkRow[];
  /** Seconds that a worker is assumed to compute in a step. */
  readonly computing: number;
}
