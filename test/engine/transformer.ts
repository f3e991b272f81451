import type {
  NamedTensors,
  StepDefinition,
  TensorSpec,
  TensorValues,
} from '../../src/engine/index.ts';
import { adam, clipByGlobalNorm, tf, valueAndGradients } from '../../src/engine/index.ts';

/** A small pre-norm transformer with symmetric InfoNCE and Adam, in plain tfjs: the tests' subject. */
export interface Size {
  readonly batch: number;
  readonly length: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
}

const VOCABULARY = 11;
const KEYS = 9;

/** Deterministic numbers in (-1, 1). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

function shapes({ width: d, layers, length }: Size): Record<string, number[]> {
  return {
    tokens: [VOCABULARY, d],
    positions: [length, d],
    ...Object.fromEntries(
      Array.from({ length: layers }, (_, l) => [
        [`${l}.gain1`, [d]],
        [`${l}.bias1`, [d]],
        [`${l}.qkv`, [d, 3 * d]],
        [`${l}.out`, [d, d]],
        [`${l}.gain2`, [d]],
        [`${l}.bias2`, [d]],
        [`${l}.up`, [d, 4 * d]],
        [`${l}.upBias`, [4 * d]],
        [`${l}.down`, [4 * d, d]],
      ]).flat(),
    ),
    head: [d, d],
    keys: [KEYS, d],
  };
}

function layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5))), gain), bias);
}

function gelu(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))));
}

function encode(p: NamedTensors, tokens: tf.Tensor, size: Size): tf.Tensor {
  const { batch: B, length: T, width: d, heads: H } = size;
  let x = tf.reshape(tf.add(tf.gather(p.tokens, tf.reshape(tokens, [B, T])), p.positions), [
    B * T,
    d,
  ]);
  for (let l = 0; l < size.layers; l++) {
    const qkv = tf.matMul(layerNorm(x, p[`${l}.gain1`], p[`${l}.bias1`]), p[`${l}.qkv`]);
    const heads = tf.transpose(tf.reshape(qkv, [B, T, 3 * H, d / H]), [0, 2, 1, 3]);
    const [q, k, v] = tf.split(heads, 3, 1);
    const weights = tf.softmax(tf.div(tf.matMul(q, k, false, true), Math.sqrt(d / H)));
    const mixed = tf.reshape(tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]), [B * T, d]);
    x = tf.add(x, tf.matMul(mixed, p[`${l}.out`]));
    const normal = layerNorm(x, p[`${l}.gain2`], p[`${l}.bias2`]);
    const hidden = gelu(tf.add(tf.matMul(normal, p[`${l}.up`]), p[`${l}.upBias`]));
    x = tf.add(x, tf.matMul(hidden, p[`${l}.down`]));
  }
  return tf.matMul(tf.mean(tf.reshape(x, [B, T, d]), 1), p.head);
}

function infoNce(queries: tf.Tensor, keys: tf.Tensor): tf.Tensor {
  const scores = tf.matMul(queries, keys, false, true);
  const diagonal = tf.eye(queries.shape[0]);
  const nll = (z: tf.Tensor) =>
    tf.neg(tf.div(tf.sum(tf.mul(tf.logSoftmax(z), diagonal)), queries.shape[0]));
  return tf.mul(0.5, tf.add(nll(scores), nll(tf.transpose(scores))));
}

export function trainingStep(size: Size, clip = 1): StepDefinition {
  const random = numbers(7);
  const specs: Record<string, TensorSpec & { values: TensorValues }> = {};
  for (const [name, shape] of Object.entries(shapes(size))) {
    const length = shape.reduce((a, b) => a * b, 1);
    const base = name.includes('gain') ? 1 : 0;
    const scale = 1 / Math.sqrt(shape[0]);
    const values = Float32Array.from({ length }, () => base + scale * random());
    specs[name] = { shape, dtype: 'float32', values };
  }
  const optimizer = adam({ beta2: 0.98 });
  return {
    inputs: {
      tokens: { shape: [size.batch * size.length], dtype: 'int32' },
      keys: { shape: [size.batch], dtype: 'int32' },
      learningRate: { shape: [], dtype: 'float32' },
    },
    state: { ...specs, ...optimizer.initialState(specs) },
    step: (inputs, state) => {
      const parameters = Object.fromEntries(Object.keys(specs).map((name) => [name, state[name]]));
      const { value: loss, gradients } = valueAndGradients(
        (p) => infoNce(encode(p, inputs.tokens, size), tf.gather(p.keys, inputs.keys)),
        parameters,
      );
      const clipped = clipByGlobalNorm(gradients, clip);
      const next = optimizer.update({
        parameters,
        gradients: clipped.gradients,
        state,
        learningRate: inputs.learningRate,
      });
      return {
        outputs: { loss, gradientNorm: clipped.norm },
        state: { ...next.parameters, ...next.state },
      };
    },
  };
}

export function batchOf(size: Size, seed: number) {
  const random = numbers(seed);
  const below = (n: number) => Math.floor(((random() + 1) / 2) * n);
  return {
    tokens: Int32Array.from({ length: size.batch * size.length }, () => below(VOCABULARY)),
    keys: Int32Array.from({ length: size.batch }, () => below(KEYS)),
    learningRate: Float32Array.of(1e-3),
  };
}
