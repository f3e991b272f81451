import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { compile, type NamedValues, tf } from '../../engine/index.ts';
import { stream } from '../../random/streams.ts';
import { initialise, type Parameters, parameterCount } from '../../study/models/parameters.ts';
import { asState, withValues } from '../state.ts';
import type { Arithmetic } from './arithmetic.ts';
import { CLASSES, type Digits, drawDigits, PIXELS } from './digits.ts';
import { Exponents } from './exponents.ts';
import { roundedParameters } from './half.ts';
import { forward, networkParameters } from './network.ts';
import { SCALE, type StepSettings, TENSORS, trainingStep } from './step.ts';
import type { CurveRow, ExponentRow, Kind } from './tables.ts';

export interface Training extends StepSettings {
  /** Width of both hidden layers. */
  readonly hidden: number;
  readonly steps: number;
  readonly learningRate: number;
  /** Examples that are trained on. */
  readonly examples: number;
  /** Of these and of others, how many are asked. */
  readonly asked: number;
  /** Steps between two times of asking. */
  readonly every: number;
  readonly seed: number;
}

interface TrainOptions {
  readonly signal?: AbortSignal;
  readonly onStep?: (step: number, loss: number) => void;
}

type Curve = Omit<CurveRow, 'mlp' | 'arithmetic' | 'seed'>;
type Counted = Omit<ExponentRow, 'mlp' | 'arithmetic' | 'seed'>;

/** Arithmetics whose tensors are counted: as they are, and scaled. */
const COUNTED: readonly Arithmetic[] = ['float32', 'all'];
/** Where the engine keeps the scale of the loss. */
const ENGINE_SCALE = 'precision/scale';

/** Trains from the same weights, which are float16 numbers, on the same batches in any arithmetic. */
export async function trainIn(
  arithmetic: Arithmetic,
  training: Training,
  { signal, onStep }: TrainOptions = {},
): Promise<{ readonly curve: readonly Curve[]; readonly exponents: readonly Counted[] }> {
  const { hidden, steps, learningRate, examples, asked, every, seed } = training;
  const digits = drawDigits(examples, seed, 'train');
  const others = drawDigits(asked, seed, 'test');
  const specs = networkParameters(hidden);
  const parameters = await roundedParameters(initialise(specs, seed));
  const { definition, options } = trainingStep(parameters, arithmetic, training);
  const curve: Curve[] = [];
  const exponents: Counted[] = [];
  const inputsAt = (step: number) => ({
    ...batchOf(digits, training, step),
    learningRate: Float32Array.of(learningRate),
  });
  const ask = async (step: number, state: NamedValues) => {
    const { loss, accuracy } = await examine(parameters, state, asked, digits, others);
    const scale = Number((state[SCALE] ?? state[ENGINE_SCALE])?.[0] ?? 0);
    curve.push({ hidden, parameters: parameterCount(specs), step, loss, accuracy, scale });
    onStep?.(step, loss);
  };
  const countAt = async (step: number, state: NamedValues) => {
    if (!COUNTED.includes(arithmetic)) return;
    const counted = await count(arithmetic, parameters, training, state, inputsAt(step));
    exponents.push(...counted.map((row) => ({ step, ...row })));
  };
  const trained = async () => {
    const program = await compile(definition, options);
    try {
      for (let step = 0; step < steps; step++) {
        if (step % every === 0) {
          const state = await program.readState();
          await ask(step, state);
          if (step === 0) await countAt(step, state);
        }
        signal?.throwIfAborted();
        await program.run(inputsAt(step));
      }
      return await program.readState();
    } finally {
      await program.dispose();
    }
  };
  // The training's memory is free when its end is judged: a step of the largest takes gigabytes.
  const end = await trained();
  await ask(steps, end);
  await countAt(steps, end);
  return { curve, exponents };
}

/** The examples of a step, drawn with replacement. */
function batchOf({ count, pixels, labels }: Digits, { batch, seed }: Training, step: number) {
  const random = stream(seed, 'precision', 'batch', step);
  const rows = Array.from({ length: batch }, () => random.below(count));
  const x = new Float32Array(batch * PIXELS);
  rows.forEach((row, i) => {
    x.set(pixels.subarray(row * PIXELS, (row + 1) * PIXELS), i * PIXELS);
  });
  return { x, labels: Int32Array.from(rows, (row) => labels[row]) };
}

/** Asks weights, in float32, about the first of some digits, and how many of others they name. */
async function examine(
  parameters: Parameters,
  weights: NamedValues,
  asked: number,
  digits: Digits,
  others: Digits,
): Promise<{ readonly loss: number; readonly accuracy: number }> {
  const program = await compile({
    inputs: {
      x: { shape: [asked, PIXELS], dtype: 'float32' },
      labels: { shape: [asked], dtype: 'int32' },
    },
    state: asState(withValues(parameters, weights)),
    step: ({ x, labels }, p) => {
      const { scores } = forward(p, x as Tensor2D);
      const truth = tf.oneHot(labels as Tensor1D, CLASSES);
      const isRight = tf.equal(tf.argMax(scores, 1), labels);
      return {
        outputs: {
          loss: tf.losses.softmaxCrossEntropy(truth, scores),
          accuracy: tf.mean(tf.cast(isRight, 'float32')),
        },
      };
    },
  });
  const answers = ({ pixels, labels }: Digits) =>
    program.run({ x: pixels.subarray(0, asked * PIXELS), labels: labels.subarray(0, asked) });
  try {
    const loss = (await answers(digits)).loss[0];
    const accuracy = (await answers(others)).accuracy[0];
    return { loss, accuracy };
  } finally {
    await program.dispose();
  }
}

/** Counts the tensors of a step by their powers of two. */
async function count(
  arithmetic: Arithmetic,
  parameters: Parameters,
  training: Training,
  state: NamedValues,
  inputs: NamedValues,
): Promise<readonly Omit<Counted, 'step'>[]> {
  const { definition, options } = trainingStep(parameters, arithmetic, training, true);
  const program = await compile(definition, options);
  try {
    await program.writeState(state);
    const outputs = await program.run(inputs);
    const counts = new Map<Kind, Exponents>();
    const of = (kind: Kind) => {
      const known = counts.get(kind) ?? new Exponents();
      counts.set(kind, known);
      return known;
    };
    for (const kind of Object.values(TENSORS)) {
      for (const [name, values] of Object.entries(outputs)) {
        if (!name.startsWith(kind)) continue;
        of(kind).add(values as Float32Array);
        if (kind !== TENSORS.weights || arithmetic !== 'float32') continue;
        const weights = state[`weight${name.slice(kind.length)}`] as Float32Array;
        of('update').addUpdates(values as Float32Array, weights, training.learningRate);
      }
    }
    return [...counts].flatMap(([kind, own]) => own.rows().map((row) => ({ kind, ...row })));
  } finally {
    await program.dispose();
  }
}
