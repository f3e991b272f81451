import type { Tensor2D } from '@tensorflow/tfjs';
import {
  compile,
  type NamedValues,
  type Program,
  type StepDefinition,
  tf,
} from '../../engine/index.ts';
import { learningRate, type RateSchedule } from '../../study/training/schedules.ts';
import { nextParameters } from './agree.ts';
import { ringAllGather } from './collectives.ts';
import type { Exchange } from './exchange.ts';
import { reversed, shardOf } from './rows.ts';
import { flat, gradientStep, scoresStep, updateStep } from './steps.ts';
import type { Run } from './tables.ts';
import type { Task } from './tasks.ts';

/** What one worker of a training ends with. */
export interface WorkerResult {
  /** Of its shard before each step; where scores are gathered, of the whole batch. */
  readonly losses: readonly number[];
  /** After the last step. */
  readonly parameters: Float32Array;
}

/** One worker's copy of a model, and the programs that it has compiled: all trainings with shards of a size use the same. */
export class Replica {
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
    const gathers = this.#gathers(run, size);
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
      parameters = await nextParameters(run, Float32Array.from(gradient), exchange, async (sum) => {
        const next = await update.run({ gradient: sum, share, learningRate: rate });
        return Float32Array.from(next.parameters);
      });
    }
    return { losses, parameters };
  }

  /** Numbers of its shard that a worker of a group passes to all others in a step. */
  gathered(run: Run, workers: number): number {
    return this.#gathers(run, workers) ? (2 * this.#batch * this.#task.columns) / workers : 0;
  }

  /** Loss of all rows of a step's batch. */
  async batchLoss(parameters: Float32Array, step: number): Promise<number> {
    const { loss } = await this.#ofShard(parameters, this.#task.batch(step), 1);
    return loss[0];
  }

  async dispose(): Promise<void> {
    for (const program of this.#programs.values()) await program.dispose();
  }

  /** Whether its loss needs the scores of all rows, and gets them. */
  #gathers(run: Run, workers: number): boolean {
    return this.#task.isCoupled && workers > 1 && run !== 'apart';
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
