import type { Tensor } from '@tensorflow/tfjs';
import { sizeOf } from '../graph/graph.ts';
import { recordingBackend } from '../recording/register.ts';
import { warnAtModelLine } from '../step/errors.ts';
import type { NamedSpecs, NamedTensors, StepDefinition } from '../step/step.ts';
import { tf } from '../tfjs/tf.ts';

type State = StepDefinition['state'];

export interface UpdateInput {
  readonly parameters: NamedTensors;
  readonly gradients: NamedTensors;
  /** The step's state; the optimizer takes its own tensors from it by name. */
  readonly state: NamedTensors;
  /** A scalar tensor: a number would be baked into the compiled graph. */
  readonly learningRate: Tensor;
  /** Factors on the learning rate by parameter name; 1 where absent. */
  readonly multipliers?: Readonly<Record<string, number>>;
}

export interface Update {
  readonly parameters: NamedTensors;
  readonly state: NamedTensors;
}

/** An optimizer as pure functions on named tensors, for use inside a step. */
export interface Optimizer {
  /** State tensors that the optimizer needs for these parameters, to be added to the step's state. */
  initialState(parameters: NamedSpecs): State;
  /** The parameters and the optimizer's own state after one step. */
  update(input: UpdateInput): Update;
}

/** Zeros in the shape of every parameter, as `prefix/name`. */
export function zerosFor(parameters: NamedSpecs, prefixes: readonly string[]): State {
  return Object.fromEntries(
    prefixes.flatMap((prefix) =>
      Object.entries(parameters).map(([name, { shape }]) => [
        `${prefix}/${name}`,
        { shape, dtype: 'float32' as const, values: new Float32Array(sizeOf(shape)) },
      ]),
    ),
  );
}

/** Warns if the learning rate is a constant of the compiled step. */
export function checkRate({ learningRate }: UpdateInput): void {
  if (!recordingBackend().isTraceConstant(learningRate)) return;
  warnAtModelLine(
    'the learning rate is a constant of the compiled step, the same in every run; make it an input',
  );
}

/** The learning rate of one parameter. */
export function rateOf({ learningRate, multipliers }: UpdateInput, name: string): Tensor {
  const factor = multipliers?.[name] ?? 1;
  return factor === 1 ? learningRate : tf.mul(learningRate, factor);
}

export function mapNamed(
  tensors: NamedTensors,
  f: (tensor: Tensor, name: string) => Tensor,
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, f(tensor, name)]),
  );
}

export function prefixed(prefix: string, tensors: NamedTensors): NamedTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [`${prefix}/${name}`, tensor]),
  );
}
