import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { recordingBackend } from './backend.ts';
import { modelLine, withDeepStacks } from './errors.ts';
import { sizeOf } from './graph.ts';
import type { NamedSpecs, NamedTensors, StepDefinition } from './program.ts';
import { tf } from './tf.ts';

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

/** An optimizer as pure functions on named tensors, to be used inside a step. */
export interface Optimizer {
  /** State tensors the optimizer needs for these parameters; to be part of the step's state. */
  initialState(parameters: NamedSpecs): State;
  /** Parameters and own state after one step. */
  update(input: UpdateInput): Update;
}

const zeros = (shape: readonly number[]): State[string] => ({
  shape,
  dtype: 'float32',
  values: new Float32Array(sizeOf(shape)),
});

export const zerosFor = (parameters: NamedSpecs, prefixes: readonly string[]): State =>
  Object.fromEntries(
    prefixes.flatMap((prefix) =>
      Object.entries(parameters).map(([name, { shape }]) => [`${prefix}/${name}`, zeros(shape)]),
    ),
  );

/** Warns of a learning rate that a compiled step has for good. */
export const checkRate = ({ learningRate }: UpdateInput): void => {
  if (!recordingBackend().isBaked(learningRate)) return;
  process.emitWarning(
    'the learning rate is a constant of the compiled step, the same in every run; make it an input',
    { detail: modelLine(withDeepStacks(() => new Error()).stack) ?? '' },
  );
};

export const rateOf = ({ learningRate, multipliers }: UpdateInput, name: string): Tensor => {
  const factor = multipliers?.[name] ?? 1;
  return factor === 1 ? learningRate : tf.mul(learningRate, factor);
};

/** Plain gradient descent: p - lr g. */
export const sgd = (): Optimizer => ({
  initialState: () => ({}),
  update: (input) => {
    checkRate(input);
    const parameters = mapNamed(input.gradients, (g, name) =>
      tf.sub(input.parameters[name], tf.mul(g, rateOf(input, name))),
    );
    return { parameters, state: {} };
  },
});

/** Gradient descent with (heavy-ball) momentum: v' = momentum v + g, p' = p - lr v'. */
export const momentum = ({ momentum = 0.9 }: { readonly momentum?: number } = {}): Optimizer => ({
  initialState: (parameters) => zerosFor(parameters, ['momentum']),
  update: (input) => {
    checkRate(input);
    const velocity = mapNamed(input.gradients, (g, name) =>
      tf.add(tf.mul(input.state[`momentum/${name}`], momentum), g),
    );
    return {
      parameters: mapNamed(velocity, (v, name) =>
        tf.sub(input.parameters[name], tf.mul(v, rateOf(input, name))),
      ),
      state: prefixed('momentum', velocity),
    };
  },
});

/** Gradients scaled so that their joint Euclidean norm is at most `limit`, and that norm before. */
export const clipByGlobalNorm = (
  gradients: NamedTensors,
  limit: number,
): { readonly gradients: NamedTensors; readonly norm: Scalar } => {
  const norm = globalNorm(gradients);
  const scale = tf.div(limit, tf.maximum(norm, limit));
  return { gradients: mapNamed(gradients, (g) => tf.mul(g, scale)), norm };
};

/**
 * Joint Euclidean norm of all tensors, added up in the order in which they were made. ONNX Runtime
 * computes a sum's first terms first, and what an update needs is this norm first of all: so each
 * weight gradient is made as soon as it can be. In another order it goes down to the first layer
 * before it multiplies out a single weight gradient, and keeps what all of them are made of.
 */
export const globalNorm = (tensors: NamedTensors): Scalar => {
  const backend = recordingBackend();
  const inOrder = Object.values(tensors).sort((a, b) => backend.orderOf(a) - backend.orderOf(b));
  return tf.sqrt(tf.addN(inOrder.map((g) => tf.sum(tf.square(g))))) as Scalar;
};

/** Value and gradients of a scalar function of named tensors. */
export const valueAndGradients = (
  loss: (parameters: NamedTensors) => Tensor,
  parameters: NamedTensors,
): { readonly value: Scalar; readonly gradients: NamedTensors } => {
  const names = Object.keys(parameters);
  const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) =>
    loss(Object.fromEntries(names.map((name, i) => [name, tensors[i]]))).asScalar(),
  )(names.map((name) => parameters[name]));
  return {
    value: value as Scalar,
    gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]])),
  };
};

export const mapNamed = (
  tensors: NamedTensors,
  f: (tensor: Tensor, name: string) => Tensor,
): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, f(tensor, name)]));

export const prefixed = (prefix: string, tensors: NamedTensors): NamedTensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [`${prefix}/${name}`, tensor]),
  );
