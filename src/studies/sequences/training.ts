import type { Tensor2D } from '@tensorflow/tfjs';
import {
  adam,
  clipByGlobalNorm,
  type NamedSpecs,
  type StepDefinition,
  valueAndGradients,
} from '../../engine/index.ts';
import { initialise, type Parameters } from '../../study/models/parameters.ts';
import {
  exactMatches,
  nextTokenScores,
  type SequenceModel,
  sequenceLoss,
  sequenceParameters,
} from './model.ts';

const ADAM = { beta1: 0.9, beta2: 0.98, epsilon: 1e-9 } as const;
const CLIP_NORM = 1;
const optimizer = adam(ADAM);

/** With `sameQueryKey`, every key matrix starts as a copy of the query matrix beside it. */
export function initialParameters(model: SequenceModel, seed: number): Parameters {
  const parameters = initialise(sequenceParameters(model), seed);
  if (!model.sameQueryKey) return parameters;
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => {
      const twin = name.endsWith('.key.weight')
        ? parameters[name.replace('.key.', '.query.')]
        : parameter;
      return [name, { shape: parameter.shape, values: twin.values.slice() }];
    }),
  );
}

function batchSpecs({ shape }: SequenceModel, size: number): NamedSpecs {
  return {
    source: { shape: [size, shape.source], dtype: 'int32' },
    previous: { shape: [size, shape.target], dtype: 'int32' },
    next: { shape: [size, shape.target], dtype: 'int32' },
  };
}

function stateOf(parameters: Parameters): StepDefinition['state'] {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, values }]) => [
      name,
      { shape, values, dtype: 'float32' as const },
    ]),
  );
}

/** One step of Adam on a batch; gradients are clipped by their global norm. */
export function trainingStep(
  model: SequenceModel,
  batch: number,
  parameters: Parameters,
): StepDefinition {
  const specs = stateOf(parameters);
  return {
    inputs: {
      ...batchSpecs(model, batch),
      learningRate: { shape: [], dtype: 'float32' },
    },
    state: { ...specs, ...optimizer.initialState(specs) },
    step: ({ source, previous, next, learningRate: rate }, state) => {
      const trained = Object.fromEntries(
        Object.keys(parameters).map((name) => [name, state[name]]),
      );
      const { value: loss, gradients } = valueAndGradients((p) => {
        const scores = nextTokenScores(p, model, source as Tensor2D, previous as Tensor2D);
        return sequenceLoss(scores, next as Tensor2D);
      }, trained);
      const clipped = clipByGlobalNorm(gradients, CLIP_NORM);
      const updated = optimizer.update({
        parameters: trained,
        gradients: clipped.gradients,
        state,
        learningRate: rate,
      });
      return { outputs: { loss }, state: { ...updated.parameters, ...updated.state } };
    },
  };
}

/** Which of some examples are answered right. */
export function testStep(
  model: SequenceModel,
  examples: number,
  parameters: Parameters,
): StepDefinition {
  return {
    inputs: batchSpecs(model, examples),
    state: stateOf(parameters),
    step: ({ source, previous, next }, state) => {
      const scores = nextTokenScores(state, model, source as Tensor2D, previous as Tensor2D);
      return { outputs: { right: exactMatches(scores, next as Tensor2D) } };
    },
  };
}
