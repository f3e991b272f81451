import { type Compile, compile, type NamedValues, type Program } from '../../engine/index.ts';
import type { Parameters } from '../models/parameters.ts';
import type { BatchSource } from './batches.ts';
import type { SnapshotStore } from './checkpoints.ts';
import { type Curriculum, pairsAt } from './curriculum.ts';
import { learningRate, type RateSchedule } from './schedules.ts';
import { queryValues, type StepConfiguration, trainingStep } from './step.ts';

/** A row of the training curve. */
export interface CurvePoint {
  /** Steps done, this one included. */
  readonly step: number;
  /** Pairs per query of the batch. */
  readonly pairs: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
}

/** A training: what, from where, on which data, how long. */
export interface Training {
  readonly step: StepConfiguration;
  /** Initial values. */
  readonly parameters: Parameters;
  readonly batches: BatchSource;
  readonly schedule: RateSchedule;
  readonly curriculum: Curriculum;
  readonly seed: number;
}

/** What a training needs from its surroundings; nothing here changes its result. */
export interface Surroundings {
  readonly snapshots?: SnapshotStore;
  readonly signal?: AbortSignal;
  readonly onStep?: (point: CurvePoint) => void;
  /** Milliseconds between snapshots. */
  readonly snapshotEvery?: number;
  readonly compile?: Compile;
}

export interface Trained {
  readonly parameters: Parameters;
  readonly curve: readonly CurvePoint[];
}

const CURVE_EVERY = 10;
const SNAPSHOT_EVERY_MS = 20_000;

/**
 * Trains to the schedule's end, resuming from the last snapshot if there is one. Batches, number of
 * pairs and learning rate are functions of seed and step, so that a resumed training gives the same
 * bytes as an uninterrupted one.
 *
 * @throws if the loss or the gradient is no longer finite, naming step, loss and last snapshot
 */
export async function train(training: Training, around: Surroundings = {}): Promise<Trained> {
  const { schedule } = training;
  const { snapshots, signal, onStep, snapshotEvery = SNAPSHOT_EVERY_MS } = around;
  const saved = snapshots?.load();
  const curve = [...(saved?.curve ?? [])];
  const programs = new Programs(training, around.compile ?? compile, saved?.state);
  let savedStep = saved?.step;
  let lastSave = performance.now();
  try {
    for (let done = savedStep ?? 0; done < schedule.steps; done++) {
      signal?.throwIfAborted();
      const point = await runStep(training, programs, done);
      if (!Number.isFinite(point.loss) || !Number.isFinite(point.gradientNorm)) {
        throw new Error(notFinite(point, savedStep));
      }
      if (point.step % CURVE_EVERY === 0 || point.step === schedule.steps) curve.push(point);
      onStep?.(point);
      if (snapshots !== undefined && performance.now() - lastSave >= snapshotEvery) {
        snapshots.save({ step: point.step, curve, state: await programs.state() });
        savedStep = point.step;
        lastSave = performance.now();
      }
    }
    const state = await programs.state();
    const parameters = Object.entries(training.parameters).map(
      ([name, { shape }]) => [name, { shape, values: state[name] }] as const,
    );
    return { parameters: Object.fromEntries(parameters), curve };
  } finally {
    await programs.dispose();
  }
}

/** @param done steps before this one */
async function runStep(
  { step: { model }, batches, schedule, curriculum, seed }: Training,
  programs: Programs,
  done: number,
): Promise<CurvePoint> {
  const fullPairs = model.layout.kind === 'pairs' ? model.layout.pairs : 1;
  const pairs = pairsAt(curriculum, fullPairs, schedule.steps, done, seed);
  const batch = batches.draw(done, pairs);
  const rate = learningRate(schedule, done);
  const program = await programs.ofLength(batch.length);
  const inputs: NamedValues = {
    ...queryValues(batch),
    shares: batch.shares,
    keys: batch.keys,
    learningRate: Float32Array.of(rate),
  };
  const { loss, gradientNorm } = await program.run(inputs);
  return {
    step: done + 1,
    pairs,
    loss: loss[0],
    learningRate: rate,
    gradientNorm: gradientNorm[0],
  };
}

function notFinite(
  { step, loss, gradientNorm }: CurvePoint,
  savedStep: number | undefined,
): string {
  const last =
    savedStep === undefined
      ? 'there is no checkpoint before it'
      : `the last good checkpoint is of step ${savedStep}`;
  return (
    `training diverged in step ${step}: loss ${loss}, gradient norm ${gradientNorm}; ${last}. ` +
    'Lower learningRate or lengthen warmUp'
  );
}

/** The compiled steps, one per sequence length, and the state that the latest of them holds. */
class Programs {
  readonly #training: Training;
  readonly #compile: Compile;
  readonly #byLength = new Map<number, Program>();
  readonly #initial: Readonly<Record<string, Float32Array>> | undefined;
  #latest: Program | undefined;

  constructor(
    training: Training,
    compileStep: Compile,
    initial: Readonly<Record<string, Float32Array>> | undefined,
  ) {
    this.#training = training;
    this.#compile = compileStep;
    this.#initial = initial;
  }

  /** The step for sequences of a length, with the latest state. */
  async ofLength(length: number): Promise<Program> {
    const known = this.#byLength.get(length);
    if (known !== undefined && known === this.#latest) return known;
    const { step, parameters } = this.#training;
    const program = known ?? (await this.#compile(trainingStep(step, parameters, length)));
    this.#byLength.set(length, program);
    const state = this.#latest === undefined ? this.#initial : await this.#latest.readState();
    if (state !== undefined) await program.writeState(state);
    this.#latest = program;
    return program;
  }

  async state(): Promise<Readonly<Record<string, Float32Array>>> {
    const state = (await this.#latest?.readState()) ?? this.#initial ?? {};
    return state as Readonly<Record<string, Float32Array>>;
  }

  async dispose(): Promise<void> {
    for (const program of this.#byLength.values()) await program.dispose();
  }
}
