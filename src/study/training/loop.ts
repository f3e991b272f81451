import type { Compile, NamedValues, Program } from '../../engine/index.ts';
import type { Parameters } from '../models/parameters.ts';
import { queryValues } from '../models/query-batch.ts';
import { compileOn, type TrainingBackend } from './backend.ts';
import type { BatchSource } from './batches.ts';
import type { SnapshotStore } from './checkpoints.ts';
import { type Curriculum, pairsAt } from './curriculum.ts';
import type { CurvePoint } from './curve.ts';
import { learningRate, type RateSchedule } from './schedules.ts';
import { type StepConfiguration, storageOf, trainingStep } from './step.ts';

/** What is trained, from which values, on which data, for how long. */
export interface Training {
  readonly step: StepConfiguration;
  /** Initial values. */
  readonly parameters: Parameters;
  readonly batches: BatchSource;
  readonly schedule: RateSchedule;
  readonly curriculum: Curriculum;
  readonly seed: number;
  /** `onnxruntime` by default. */
  readonly backend?: TrainingBackend;
}

/** A model after some steps of its training. */
interface Waypoint {
  /** Steps done. */
  readonly step: number;
  readonly parameters: Parameters;
}

/** How a training is run; nothing here changes its result. */
export interface RunOptions {
  /** Where it resumes from and what it saves. */
  readonly snapshots?: SnapshotStore;
  /** Milliseconds between snapshots. */
  readonly snapshotEvery?: number;
  readonly signal?: AbortSignal;
  readonly onStep?: (point: CurvePoint) => void;
  /** Looks at the model after every `every` steps and after the last. */
  readonly waypoints?: {
    readonly every: number;
    visit(waypoint: Waypoint): Promise<void> | void;
  };
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
 * @throws Error naming step, loss and last snapshot if the loss or the gradient is no longer finite
 */
export async function train(training: Training, options: RunOptions = {}): Promise<Trained> {
  const { schedule } = training;
  const { snapshots, signal, onStep, waypoints, snapshotEvery = SNAPSHOT_EVERY_MS } = options;
  const saved = snapshots?.load();
  const curve = [...(saved?.curve ?? [])];
  const steps = new CompiledSteps(
    training,
    options.compile ?? compileOn(training.backend),
    saved?.state,
  );
  let savedStep = saved?.step;
  let lastSave = performance.now();
  const parametersNow = async (): Promise<Parameters> => {
    const values = storageOf(training.step, training.parameters).valuesOf(await steps.state());
    const parameters = Object.entries(training.parameters).map(
      ([name, { shape }]) => [name, { shape, values: values[name] as Float32Array }] as const,
    );
    return Object.fromEntries(parameters);
  };
  try {
    for (let done = savedStep ?? 0; done < schedule.steps; done++) {
      signal?.throwIfAborted();
      const point = await runStep(training, steps, done);
      if (!Number.isFinite(point.loss) || !Number.isFinite(point.gradientNorm)) {
        throw new Error(divergenceMessage(point, savedStep));
      }
      if (point.step % CURVE_EVERY === 0 || point.step === schedule.steps) curve.push(point);
      onStep?.(point);
      if (snapshots !== undefined && performance.now() - lastSave >= snapshotEvery) {
        snapshots.save({ step: point.step, curve, state: await steps.state() });
        savedStep = point.step;
        lastSave = performance.now();
      }
      const isLast = point.step === schedule.steps;
      if (waypoints !== undefined && (isLast || point.step % waypoints.every === 0)) {
        await waypoints.visit({ step: point.step, parameters: await parametersNow() });
      }
    }
    return { parameters: await parametersNow(), curve };
  } finally {
    await steps.dispose();
  }
}

/** @param done steps before this one */
async function runStep(
  { step: { model }, batches, schedule, curriculum, seed }: Training,
  compiled: CompiledSteps,
  done: number,
): Promise<CurvePoint> {
  const fullPairs = model.layout.kind === 'pairs' ? model.layout.pairs : 1;
  const pairs = pairsAt(curriculum, fullPairs, schedule.steps, done, seed);
  const batch = batches.draw(done, pairs);
  const rate = learningRate(schedule, done);
  const program = await compiled.ofLength(batch.length);
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

function divergenceMessage(
  { step, loss, gradientNorm }: CurvePoint,
  savedStep: number | undefined,
): string {
  const last =
    savedStep === undefined
      ? 'there is no earlier checkpoint'
      : `the last good checkpoint is from step ${savedStep}`;
  return (
    `training diverged in step ${step}: loss ${loss}, gradient norm ${gradientNorm}; ${last}. ` +
    'Lower learningRate or lengthen warmUp'
  );
}

/** The compiled steps, one per sequence length, and the state that the latest of them holds. */
class CompiledSteps {
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
    const compiled = this.#byLength.get(length);
    if (compiled !== undefined && compiled === this.#latest) return compiled;
    const { step, parameters } = this.#training;
    const program = compiled ?? (await this.#compile(trainingStep(step, parameters, length)));
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
