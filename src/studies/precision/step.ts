import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import {
  type CompileOptions,
  type NamedTensors,
  type StepDefinition,
  tf,
  valueAndGradients,
} from '../../engine/index.ts';
import type { Parameters } from '../../study/models/parameters.ts';
import { asState } from '../state.ts';
import { type Arithmetic, COMBINATIONS, type Techniques } from './arithmetic.ts';
import { CLASSES, PIXELS } from './digits.ts';
import { sumOfHalves, toHalf } from './half.ts';
import { biasOf, forward, LAST, weightOf } from './network.ts';

export interface StepSettings {
  /** N, a power of two. */
  readonly batch: number;
  /** Factor of the loss, a power of two; the learning rate is divided by it, so that exact steps are the same. */
  readonly lossWeight: number;
  readonly firstScale: number;
  /** Steps without an overflow after which the scale doubles. */
  readonly growthSteps: number;
}

export const SCALE = 'scale';
const GOOD_STEPS = 'goodSteps';

/** The numbers of a step that may vanish, as outputs of these names and a layer. */
export const TENSORS = {
  /** Of the loss by what a hidden layer computes. */
  activations: 'activation gradient',
  weights: 'weight gradient',
  /** Of the true class: 1 - p. */
  errors: 'error',
} as const;

type Round = <T extends Tensor>(x: T) => T;
const exact: Round = (x) => x;

/** A step of gradient descent, w - η ∂L/∂w, in an arithmetic, and how to compile it. */
export function trainingStep(
  parameters: Parameters,
  arithmetic: Arithmetic,
  settings: StepSettings,
  /** Whether outputs tell of `TENSORS`, and the weights stay; not in the engine's arithmetics. */
  tellsTensors = false,
): { readonly definition: StepDefinition; readonly options: CompileOptions } {
  const inputs = {
    x: { shape: [settings.batch, PIXELS], dtype: 'float32' },
    labels: { shape: [settings.batch], dtype: 'int32' },
    learningRate: { shape: [], dtype: 'float32' },
  } as const;
  const state = asState(parameters);
  if (arithmetic === 'engine float16' || arithmetic === 'engine bfloat16') {
    const precision = arithmetic === 'engine float16' ? 'float16' : 'bfloat16';
    return {
      definition: { inputs, state, step: engineStep(settings) },
      options: { precision },
    };
  }
  const isExact = arithmetic === 'float32';
  const techniques = isExact ? COMBINATIONS['master, losses'] : COMBINATIONS[arithmetic];
  const step = stepOf(isExact ? exact : toHalf, techniques, settings, tellsTensors);
  const number = (value: number) =>
    ({ shape: [], dtype: 'float32', values: Float32Array.of(value) }) as const;
  const scaleState = { [SCALE]: number(settings.firstScale), [GOOD_STEPS]: number(0) };
  return {
    definition: { inputs, state: techniques.scaling ? { ...state, ...scaleState } : state, step },
    options: {},
  };
}

function engineStep({ lossWeight }: StepSettings): StepDefinition['step'] {
  return ({ x, labels, learningRate }, state) => {
    const { value, gradients } = valueAndGradients((p) => {
      const truth = tf.oneHot(labels as Tensor1D, CLASSES);
      const loss = tf.losses.softmaxCrossEntropy(truth, forward(p, x as Tensor2D).scores);
      return tf.mul(loss, lossWeight);
    }, state);
    const rate = tf.div(learningRate, lossWeight);
    return {
      outputs: { loss: tf.div(value, lossWeight) },
      state: mapped(state, (w, name) => tf.sub(w, tf.mul(rate, gradients[name]))),
    };
  };
}

/**
 * The step written out, backward pass included: every tensor that it makes is rounded, but for what a technique
 * keeps in float32. Sums inside a product are in float32, as tensor cores and this backend make them.
 */
function stepOf(
  round: Round,
  techniques: Techniques,
  { batch, lossWeight, growthSteps }: StepSettings,
  tellsTensors: boolean,
): StepDefinition['step'] {
  const { master, scaling, losses } = techniques;
  const inLosses = losses ? exact : round;
  const sum = losses ? (x: Tensor2D, axis: number) => tf.sum(x, axis) : sumOfHalves;
  return ({ x, labels, learningRate }, { [SCALE]: scale, [GOOD_STEPS]: goodSteps, ...stored }) => {
    const weights = master ? mapped(stored, round) : stored;
    const { read, scores } = forward(weights, x as Tensor2D, round);

    const truth = tf.oneHot(labels as Tensor1D, CLASSES) as Tensor2D;
    const below = inLosses(tf.sub(scores, tf.max(scores, 1, true)));
    const powers = inLosses(tf.exp(below)) as Tensor2D;
    const total = tf.expandDims(sum(powers, 1), 1);
    const p = inLosses(tf.div(powers, total));
    const each = tf.sum(tf.mul(truth, inLosses(tf.sub(inLosses(tf.log(total)), below))), 1, true);
    const loss = inLosses(tf.div(sum(each as Tensor2D, 0), batch));
    const difference = inLosses(tf.sub(p, truth)) as Tensor2D;
    // ∂(c S L)/∂z = (p - t) c S / N
    const factor = tf.div(scaling ? tf.mul(scale, lossWeight) : tf.scalar(lossWeight), batch);

    let upstream = round(tf.mul(difference, inLosses(factor))) as Tensor2D;
    const gradients: Record<string, Tensor> = {};
    const outputs: Record<string, Tensor> = { loss: loss.asScalar() };
    for (let layer = LAST; layer >= 0; layer--) {
      const weight = weights[weightOf(layer)] as Tensor2D;
      gradients[weightOf(layer)] = round(tf.matMul(read[layer], upstream, true));
      gradients[biasOf(layer)] = round(sum(upstream, 0));
      if (tellsTensors) outputs[`${TENSORS.weights}${layer}`] = gradients[weightOf(layer)];
      if (layer === 0) break;
      const own = round(tf.matMul(upstream, weight, false, true));
      upstream = tf.mul(own, tf.step(read[layer])) as Tensor2D;
      if (tellsTensors) outputs[`${TENSORS.activations}${layer}`] = upstream;
    }
    if (tellsTensors) {
      outputs[`${TENSORS.errors}0`] = tf.sum(tf.mul(truth, difference), 1);
      return { outputs };
    }

    const rate = tf.div(learningRate, lossWeight);
    const next = mapped(stored, (w, name) => {
      const inUpdate = master ? exact : round;
      const gradient = scaling ? inUpdate(tf.div(gradients[name], scale)) : gradients[name];
      return inUpdate(tf.sub(w, inUpdate(tf.mul(inUpdate(rate), gradient))));
    });
    if (!scaling) return { outputs, state: next };
    const isGood = Object.values(gradients)
      .map((gradient) => tf.all(tf.isFinite(gradient)))
      .reduce((a, b) => tf.logicalAnd(a, b)) as Scalar;
    return {
      outputs,
      state: {
        ...mapped(next, (w, name) => tf.where(isGood, w, stored[name])),
        ...nextScale(isGood, scale, goodSteps, growthSteps),
      },
    };
  };
}

function nextScale(isGood: Scalar, scale: Tensor, goodSteps: Tensor, growthSteps: number) {
  const count = tf.add(goodSteps, 1);
  const grows = tf.greaterEqual(count, growthSteps);
  const larger = tf.where(grows, tf.mul(scale, 2), scale);
  const zero = tf.zerosLike(count);
  return {
    [SCALE]: tf.where(isGood, larger, tf.maximum(tf.div(scale, 2), 1)),
    [GOOD_STEPS]: tf.where(isGood, tf.where(grows, zero, count), zero),
  };
}

function mapped(
  tensors: NamedTensors,
  map: (tensor: Tensor, name: string) => Tensor,
): NamedTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, map(tensor, name)]),
  );
}
