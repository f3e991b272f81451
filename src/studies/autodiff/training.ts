import type { Tensor2D } from '@tensorflow/tfjs';
import { compile, sgd, tf, valueAndGradients } from '../../engine/index.ts';
import { stream } from '../../random/streams.ts';
import { lossAndGradients, type Parameters, type Points } from './operations.ts';

export interface TrainingSettings {
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
}

/** Parameters after a step, and the loss before it. */
export interface Step {
  readonly loss: number;
  readonly parameters: Parameters;
}

/** Points of two classes about (a, b) and (-a, -b), each normal with variance 1. */
export function twoClasses(count: number, middle: readonly number[], seed: number): Points {
  const random = stream(seed, 'autodiff', 'points');
  const classes = Float64Array.from({ length: count }, () => random.below(2));
  const inputs = new Float64Array(count * middle.length);
  classes.forEach((own, row) => {
    middle.forEach((x, i) => {
      // As the engine reads them: the same numbers for both.
      inputs[row * middle.length + i] = Math.fround((own === 1 ? x : -x) + random.normal());
    });
  });
  return { inputs, classes };
}

/** The points of every step, one batch after the other, round and round. */
function batchOf({ inputs, classes }: Points, step: number, batch: number): Points {
  const d = inputs.length / classes.length;
  const batches = Math.floor(classes.length / batch);
  const from = (step % batches) * batch;
  return {
    inputs: inputs.subarray(from * d, (from + batch) * d),
    classes: classes.subarray(from, from + batch),
  };
}

const start = (d: number): Parameters => ({
  weights: new Float64Array(d),
  bias: new Float64Array(1),
});

/** Stochastic gradient descent written out: θ ← θ - η ∂L/∂θ, in float64. */
export function trainByHand(
  points: Points,
  { steps, batch, learningRate }: TrainingSettings,
): readonly Step[] {
  let parameters = start(points.inputs.length / points.classes.length);
  return Array.from({ length: steps }, (_, step) => {
    const { loss, gradients } = lossAndGradients(batchOf(points, step, batch), parameters);
    const descend = (own: Float64Array, gradient: Float64Array) =>
      own.map((x, i) => x - learningRate * gradient[i]);
    parameters = {
      weights: descend(parameters.weights, gradients.weights),
      bias: descend(parameters.bias, gradients.bias),
    };
    return { loss, parameters };
  });
}

/** The same by the engine: its own gradients of the formula, its own optimizer, in float32. */
export async function trainByEngine(
  points: Points,
  { steps, batch, learningRate }: TrainingSettings,
): Promise<readonly Step[]> {
  const d = points.inputs.length / points.classes.length;
  const optimizer = sgd();
  const parameters = {
    weights: { shape: [d, 1], dtype: 'float32' as const, values: new Float32Array(d) },
    bias: { shape: [1], dtype: 'float32' as const, values: new Float32Array(1) },
  };
  const program = await compile({
    inputs: {
      inputs: { shape: [batch, d], dtype: 'float32' },
      classes: { shape: [batch, 1], dtype: 'float32' },
    },
    state: { ...parameters, ...optimizer.initialState(parameters) },
    step: ({ inputs, classes }, state) => {
      const own = { weights: state.weights, bias: state.bias };
      const { value, gradients } = valueAndGradients(({ weights, bias }) => {
        const p = tf.sigmoid(tf.add(tf.matMul(inputs as Tensor2D, weights as Tensor2D), bias));
        const right = tf.mul(classes, tf.log(p));
        const wrong = tf.mul(tf.sub(1, classes), tf.log(tf.sub(1, p)));
        return tf.neg(tf.mean(tf.add(right, wrong))).asScalar();
      }, own);
      const next = optimizer.update({
        parameters: own,
        gradients,
        state,
        learningRate: tf.scalar(learningRate),
      });
      return { outputs: { loss: value }, state: { ...next.parameters, ...next.state } };
    },
  });
  try {
    const taken: Step[] = [];
    for (let step = 0; step < steps; step++) {
      const { inputs, classes } = batchOf(points, step, batch);
      const { loss } = await program.run({
        inputs: Float32Array.from(inputs),
        classes: Float32Array.from(classes),
      });
      const state = await program.readState();
      const read = (name: string) => Float64Array.from(state[name] as Float32Array);
      const parameters = { weights: read('weights'), bias: read('bias') };
      taken.push({ loss: loss[0], parameters });
    }
    return taken;
  } finally {
    await program.dispose();
  }
}
