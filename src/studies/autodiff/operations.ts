/** The gradients that reach an operation's arguments, given the one that reaches its value. */
export type PullBack<Gradients> = (upstream: Float64Array) => Gradients;

/** An operation's value, and the way back. */
export interface Differentiable<Gradients> {
  readonly value: Float64Array;
  readonly pullBack: PullBack<Gradients>;
}

/** Weights and bias of a linear function of d numbers. */
export interface Parameters {
  /** // [d] */
  readonly weights: Float64Array;
  /** // [1] */
  readonly bias: Float64Array;
}

/**
 * z = X w + b. Each row of X adds its share of the upstream gradient to every weight: ∂L/∂w = Xᵀ ∂L/∂z,
 * ∂L/∂b = Σ ∂L/∂z. // X [n, d] -> [n]
 */
export function linear(
  inputs: Float64Array,
  { weights, bias }: Parameters,
): Differentiable<Parameters> {
  const d = weights.length;
  const n = inputs.length / d;
  const value = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    value[row] = bias[0];
    for (let i = 0; i < d; i++) value[row] += inputs[row * d + i] * weights[i];
  }
  const pullBack = (upstream: Float64Array) => {
    const forWeights = new Float64Array(d);
    const forBias = new Float64Array(1);
    for (let row = 0; row < n; row++) {
      forBias[0] += upstream[row];
      for (let i = 0; i < d; i++) forWeights[i] += inputs[row * d + i] * upstream[row];
    }
    return { weights: forWeights, bias: forBias };
  };
  return { value, pullBack };
}

/** p = 1 / (1 + exp(-z)), with ∂p/∂z = p (1 - p): the value is all that the way back needs. // [n] -> [n] */
export function sigmoid(z: Float64Array): Differentiable<Float64Array> {
  const value = z.map((x) => 1 / (1 + Math.exp(-x)));
  return { value, pullBack: (upstream) => upstream.map((g, i) => g * value[i] * (1 - value[i])) };
}

/**
 * Cross-entropy -1/n Σ t log p + (1 - t) log(1 - p) of probabilities and classes 0 or 1, with
 * ∂L/∂p = (p - t) / (n p (1 - p)). // [n], [n] -> [1]
 */
export function crossEntropy(p: Float64Array, classes: Float64Array): Differentiable<Float64Array> {
  const n = p.length;
  const sum = p.reduce(
    (total, x, i) => total + classes[i] * Math.log(x) + (1 - classes[i]) * Math.log(1 - x),
    0,
  );
  const pullBack = ([upstream]: Float64Array) =>
    p.map((x, i) => (upstream * (x - classes[i])) / (n * x * (1 - x)));
  return { value: Float64Array.of(-sum / n), pullBack };
}

/** Points and their classes. */
export interface Points {
  /** // [n, d] */
  readonly inputs: Float64Array;
  /** 0 or 1. // [n] */
  readonly classes: Float64Array;
}

/** Loss of logistic regression and its gradients: the three operations there, and the three back. */
export function lossAndGradients(
  { inputs, classes }: Points,
  parameters: Parameters,
): { readonly loss: number; readonly gradients: Parameters } {
  const z = linear(inputs, parameters);
  const p = sigmoid(z.value);
  const loss = crossEntropy(p.value, classes);
  const gradients = z.pullBack(p.pullBack(loss.pullBack(Float64Array.of(1))));
  return { loss: loss.value[0], gradients };
}
