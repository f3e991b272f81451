import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import {
  compile,
  type NamedTensors,
  type NamedValues,
  type Program,
  type StepDefinition,
  type TensorValues,
  tf,
  valueAndGradients,
} from '../../engine/index.ts';
import type { Parameters } from '../../study/models/parameters.ts';
import { learningRate, type RateSchedule } from '../../study/training/schedules.ts';
import {
  broadcast,
  gatherSum,
  ringAllGather,
  ringAllReduce,
  treeAllReduce,
} from './collectives.ts';
import type { Exchange } from './exchange.ts';
import type { Run } from './tables.ts';
import type { Task } from './tasks.ts';

/** What one worker of a training ends with. */
export interface WorkerResult {
  /** Of its shard before each step; where scores are gathered, of the whole batch. */
  readonly losses: readonly number[];
  /** After the last step. */
  readonly parameters: Float32Array;
}

/** Computes the next parameters from the sum of all workers' gradients. */
type Apply = (sum: Float32Array) => Promise<Float32Array>;

/** How workers get from their own gradients to the next parameters. */
const AGREE: Readonly<
  Record<Run, (gradient: Float32Array, exchange: Exchange, apply: Apply) => Promise<Float32Array>>
> = {
  one: (gradient, _, apply) => apply(gradient),
  reordered: (gradient, _, apply) => apply(gradient),
  async master(gradient, exchange, apply) {
    await gatherSum(gradient, exchange);
    // Others have nothing to apply: the array is only room for what they receive.
    const next = exchange.rank === 0 ? await apply(gradient) : gradient;
    await broadcast(next, exchange);
    return next;
  },
  async ring(gradient, exchange, apply) {
    await ringAllReduce(gradient, exchange);
    return apply(gradient);
  },
  async tree(gradient, exchange, apply) {
    await treeAllReduce(gradient, exchange);
    return apply(gradient);
  },
  async apart(gradient, exchange, apply) {
    await ringAllReduce(gradient, exchange);
    return apply(gradient);
  },
};

/** One worker, and the programs that it has compiled: all trainings of a shard's size use the same. */
export class Worker {
  readonly #task: Task;
  readonly #batch: number;
  readonly #initial: Float32Array;
  readonly #programs = new Map<string, Program>();

  /** @param batch B, of all workers together */
  constructor(task: Task, batch: number) {
    this.#task = task;
    this.#batch = batch;
    this.#initial = flat(task.parameters);
  }

  /** Trains as one of a group, each on its shard of every batch. */
  async train(run: Run, schedule: RateSchedule, exchange: Exchange): Promise<WorkerResult> {
    const { rank, size } = exchange;
    const { isCoupled } = this.#task;
    const gathers = isCoupled && size > 1 && run !== 'apart';
    // The gradients of a mean of shards' losses are a mean; those of one loss through each shard's scores are a sum.
    const share = Float32Array.of(gathers ? 1 : 1 / size);
    const update = await this.#update();
    const losses: number[] = [];
    let parameters = this.#initial;
    for (let step = 0; step < schedule.steps; step++) {
      const batch = this.#task.batch(step);
      const rows = run === 'reordered' ? reversed(batch, this.#batch) : batch;
      const shard = shardOf(rows, this.#batch, rank, size);
      const { loss, gradient } = gathers
        ? await this.#throughScores(parameters, shard, exchange)
        : await this.#ofShard(parameters, shard, size);
      if (!Number.isFinite(loss[0])) {
        throw new Error(
          `training of ${this.#task.name} by ${run} diverged in step ${step + 1}: the loss is ${loss[0]}. Lower learningRate or lengthen warmUp`,
        );
      }
      losses.push(loss[0]);
      const rate = Float32Array.of(learningRate(schedule, step));
      parameters = await AGREE[run](Float32Array.from(gradient), exchange, async (sum) => {
        const next = await update.run({ gradient: sum, share, learningRate: rate });
        return Float32Array.from(next.parameters);
      });
    }
    return { losses, parameters };
  }

  /** Numbers of its shard that a worker of a group passes to all others in a step. */
  gathered(run: Run, workers: number): number {
    const { isCoupled, columns } = this.#task;
    return isCoupled && workers > 1 && run !== 'apart' ? (2 * this.#batch * columns) / workers : 0;
  }

  async dispose(): Promise<void> {
    for (const program of this.#programs.values()) await program.dispose();
  }

  /** Loss and gradient of a shard by itself. */
  async #ofShard(parameters: Float32Array, shard: NamedValues, workers: number) {
    const program = await this.#compiled(`shard of ${workers}`, () =>
      gradientStep(this.#task, this.#batch / workers, (p, inputs) =>
        this.#task.loss(this.#task.scores(p, inputs), inputs.shares as Tensor2D),
      ),
    );
    return program.run({ parameters, ...shard });
  }

  /**
   * Loss of the whole batch, and its gradient through the scores of the own shard: those of the others are
   * numbers that they have computed.
   */
  async #throughScores(parameters: Float32Array, shard: NamedValues, exchange: Exchange) {
    const { rank, size } = exchange;
    const { columns: K } = this.#task;
    const B = this.#batch;
    const [rows, before] = [B / size, (B / size) * rank];
    const forward = await this.#compiled(`scores of ${size}`, () => scoresStep(this.#task, rows));
    const { shares, ...inputs } = shard;
    const { scores } = await forward.run({ parameters, ...inputs });
    const own = new Float32Array(2 * rows * K);
    own.set(scores);
    own.set(shares, rows * K);
    const all = await ringAllGather(own, exchange);
    const others = new Float32Array(B * K);
    const allShares = new Float32Array(B * K);
    for (let from = 0; from < size; from++) {
      const part = all.subarray(from * own.length, (from + 1) * own.length);
      if (from !== rank) others.set(part.subarray(0, rows * K), from * rows * K);
      allShares.set(part.subarray(rows * K), from * rows * K);
    }
    const program = await this.#compiled(`batch of ${size}`, () =>
      gradientStep(
        this.#task,
        rows,
        (p, given) => {
          const mine = this.#task.scores(p, given);
          const padded = tf.pad(mine, [
            [before, B - before - rows],
            [0, 0],
          ]);
          return this.#task.loss(
            tf.add(padded, given.others) as Tensor2D,
            given.allShares as Tensor2D,
          );
        },
        B,
      ),
    );
    return program.run({ parameters, ...inputs, others, allShares });
  }

  /** The optimizer with its initial state. */
  async #update(): Promise<Program> {
    const definition = updateStep(this.#task, this.#initial);
    const program = await this.#compiled('update', () => definition);
    const initial = Object.entries(definition.state).map(([name, { values }]) => [name, values]);
    await program.writeState(Object.fromEntries(initial));
    return program;
  }

  async #compiled(name: string, define: () => StepDefinition): Promise<Program> {
    const program = this.#programs.get(name) ?? (await compile(define()));
    this.#programs.set(name, program);
    return program;
  }
}

/** Loss and gradient of some rows; with `batch`, of a loss of all rows whose other scores are given. */
function gradientStep(
  task: Task,
  rows: number,
  loss: (p: NamedTensors, inputs: NamedTensors) => Scalar,
  batch?: number,
): StepDefinition {
  const ofColumns = (count: number) =>
    ({ shape: [count, task.columns], dtype: 'float32' }) as const;
  return {
    inputs: {
      parameters: { shape: [parameterCountOf(task)], dtype: 'float32' },
      ...task.inputs(rows),
      ...(batch === undefined
        ? { shares: ofColumns(rows) }
        : { others: ofColumns(batch), allShares: ofColumns(batch) }),
    },
    state: {},
    step: ({ parameters, ...inputs }) => {
      const { value, gradients } = valueAndGradients(
        (p) => loss(p, inputs),
        apart(parameters, task.parameters),
      );
      const names = Object.keys(task.parameters);
      const gradient = tf.concat1d(
        names.map((name) => tf.reshape(gradients[name], [-1]) as Tensor1D),
      );
      return { outputs: { loss: value, gradient } };
    },
  };
}

function scoresStep(task: Task, rows: number): StepDefinition {
  return {
    inputs: {
      parameters: { shape: [parameterCountOf(task)], dtype: 'float32' },
      ...task.inputs(rows),
    },
    state: {},
    step: ({ parameters, ...inputs }) => ({
      outputs: { scores: task.scores(apart(parameters, task.parameters), inputs) },
    }),
  };
}

function updateStep({ optimizer }: Task, initial: Float32Array): StepDefinition {
  const shape = [initial.length];
  const parameters = { shape, dtype: 'float32' as const, values: initial };
  return {
    inputs: {
      gradient: { shape, dtype: 'float32' },
      share: { shape: [], dtype: 'float32' },
      learningRate: { shape: [], dtype: 'float32' },
    },
    state: { parameters, ...optimizer.initialState({ parameters }) },
    step: ({ gradient, share, learningRate: rate }, state) => {
      const next = optimizer.update({
        parameters: { parameters: state.parameters },
        gradients: { parameters: tf.mul(gradient, share) },
        state,
        learningRate: rate,
      });
      return {
        outputs: { parameters: next.parameters.parameters },
        state: { ...next.parameters, ...next.state },
      };
    },
  };
}

/** P */
export function parameterCountOf({ parameters }: Task): number {
  return Object.values(parameters).reduce((sum, { values }) => sum + values.length, 0);
}

/** All parameters in one vector. */
function flat(parameters: Parameters): Float32Array {
  const values = Object.values(parameters).map((one) => one.values);
  const all = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const one of values) {
    all.set(one, start);
    start += one.length;
  }
  return all;
}

/** The parameters of one vector, by name. */
function apart(vector: Tensor, parameters: Parameters): NamedTensors {
  const entries = Object.entries(parameters);
  const parts = tf.split(
    vector as Tensor1D,
    entries.map(([, { values }]) => values.length),
  );
  return Object.fromEntries(
    entries.map(([name, { shape }], i) => [name, tf.reshape(parts[i], [...shape])]),
  );
}

function shardOf(batch: NamedValues, B: number, rank: number, size: number): NamedValues {
  return mapValues(batch, (values) => {
    const perShard = (values.length / B) * (B / size);
    return values.slice(rank * perShard, (rank + 1) * perShard);
  });
}

/** The rows of a batch, the last one first. */
function reversed(batch: NamedValues, B: number): NamedValues {
  return mapValues(batch, (values) => {
    const width = values.length / B;
    return values.map((_, at) => values[(B - 1 - Math.floor(at / width)) * width + (at % width)]);
  });
}

function mapValues(batch: NamedValues, f: (values: TensorValues) => TensorValues): NamedValues {
  return Object.fromEntries(Object.entries(batch).map(([name, values]) => [name, f(values)]));
}
