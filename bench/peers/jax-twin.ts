// The models of src/study/models in jax-js, as its users write them: with its softmax and
// standardisation, and the last layer in full. Attention is written out because jax-js's own needs
// iterator helpers (Node 22). Weights are laid out as ours, [in, out].
//
// jax-js counts references: using an array consumes it, and `.ref` keeps it.

import { jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import type { ModelConfiguration } from '../../src/study/models/configuration.ts';
import { halfLayers } from '../../src/study/models/noncontrastive.ts';
import { distancesOf, rolesOf } from '../../src/study/models/positions.ts';

type Arrays = Record<string, np.Array>;

// Types, not interfaces: jax-js accepts only those as trees of arrays.
export type JaxBatch = {
  /** // [B, T] int32 */
  readonly tokens: np.Array;
  /** // [B, T] int32 */
  readonly slots: np.Array;
  /** // [B] int32 */
  readonly keys: np.Array;
};

interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly clipNorm: number;
}

function linear(p: Arrays, name: string, x: np.Array): np.Array {
  return np.matmul(x, p[`${name}.weight`].ref).add(p[`${name}.bias`].ref);
}

function normalise(x: np.Array): np.Array {
  return nn.standardize(x, -1, { epsilon: 1e-5 });
}

function integers(values: Int32Array): np.Array {
  return np.array(values, { dtype: np.int32 });
}

/** Rows of a table. As a product, because jit cannot compile the gradient of an indexing (0.1.25). */
function rowsOf(table: np.Array, indices: np.Array): np.Array {
  return np.matmul(nn.oneHot(indices, table.shape[0]), table);
}

function embed(p: Arrays, tokens: np.Array, slots: np.Array): np.Array {
  const T = tokens.shape[1];
  const role = rowsOf(p['positions.roles'].ref, integers(rolesOf(T))); // [T, w]
  const slot = rowsOf(p['positions.slots'].ref, slots); // [B, T, w]
  return rowsOf(p['tokens.table'].ref, tokens).add(slot).add(role);
}

/** Queries, keys and values, each [B, T, H, h]. */
function heads(p: Arrays, layer: number, x: np.Array, H: number): np.Array[] {
  const [B, T, w] = x.shape;
  const parts = np.split(linear(p, `layer${layer}.attention.in`, x), 3, -1);
  return parts.map((part) => part.reshape([B, T, H, w / H]));
}

/** [., rows, H, h] to [., H, rows, h] and back. */
function byHead(x: np.Array): np.Array {
  return np.transpose(x, [0, 2, 1, 3]);
}

function feedForward(p: Arrays, layer: number, x: np.Array): np.Array {
  const units = nn.relu(linear(p, `layer${layer}.feedForward.in`, normalise(x.ref)));
  return x.add(linear(p, `layer${layer}.feedForward.out`, units));
}

function encoderLayer(
  p: Arrays,
  layer: number,
  x: np.Array,
  [q, k, v]: readonly np.Array[],
): np.Array {
  const [B, T, H, h] = q.shape;
  const distances = rowsOf(p[`layer${layer}.attention.distance`].ref, integers(distancesOf(T)));
  const bias = distances.transpose().reshape([1, H, T, T]);
  const scores = np.matmul(byHead(q), np.transpose(k, [0, 2, 3, 1])).mul(h ** -0.5); // [B, H, T, T]
  const mixed = np.matmul(nn.softmax(scores.add(bias), -1), byHead(v)); // [B, H, T, h]
  const rows = byHead(mixed).reshape([B, T, H * h]);
  return feedForward(p, layer, x.add(linear(p, `layer${layer}.attention.out`, rows)));
}

/** Scores of the batch's queries against the batch's keys. // [B, B] */
function batchScores(p: Arrays, { encoder }: ModelConfiguration, batch: JaxBatch): np.Array {
  let x = embed(p, batch.tokens, batch.slots);
  for (let layer = 0; layer < encoder.layers; layer++) {
    x = encoderLayer(p, layer, x, heads(p, layer, normalise(x.ref), encoder.heads));
  }
  const q = linear(p, 'projection', normalise(x.mean(1))); // [B, d]
  const k = rowsOf(p['keys.table'].ref, batch.keys); // [B, d]
  return np.matmul(q, k.transpose());
}

/** One layer of the key tokens, y [1 | B, K, w], from the query tokens' k and v [B, T, H, h]. */
function keyLayer(
  p: Arrays,
  layer: number,
  k: np.Array,
  v: np.Array,
  y: np.Array,
  H: number,
): np.Array {
  const B = k.shape[0];
  const [, K, w] = y.shape;
  const h = w / H;
  const [q, ownKey, ownValue] = heads(p, layer, normalise(y.ref), H).map(byHead);
  const scaled = q.mul(h ** -0.5);
  const onQuery = np.matmul(scaled.ref, np.transpose(k, [0, 2, 3, 1])); // [B, H, K, T]
  const onItself = scaled.mul(ownKey).sum(-1, { keepdims: true }); // [1 | B, H, K, 1]
  const T = onQuery.shape[3];
  const all = np.concatenate([onQuery, np.broadcastTo(onItself, [B, H, K, 1])], -1);
  const [fromQuery, fromItself] = np.split(nn.softmax(all, -1), [T], -1);
  const mixed = np.matmul(fromQuery, byHead(v)).add(fromItself.mul(ownValue)); // [B, H, K, h]
  const rows = byHead(mixed).reshape([B, K, w]);
  return feedForward(p, layer, y.add(linear(p, `layer${layer}.attention.out`, rows)));
}

/** Scores of all keys of the deck, packed in one pass. // [B, K] */
function pairScores(p: Arrays, config: ModelConfiguration, batch: JaxBatch): np.Array {
  const { heads: H } = config.encoder;
  const last = halfLayers(config) - 1;
  let x = embed(p, batch.tokens, batch.slots);
  let y = p['keys.tokens'].ref.reshape([1, config.keys, config.encoder.width]);
  for (let layer = 0; layer <= last; layer++) {
    const [q, k, v] = heads(p, layer, normalise(x.ref), H);
    y = keyLayer(p, layer, k.ref, v.ref, y, H);
    if (layer < last) x = encoderLayer(p, layer, x, [q, k, v]);
    else for (const unused of [x, q, k, v]) unused.dispose();
  }
  const read = nn.relu(linear(p, 'head.in', normalise(y)));
  const score = linear(p, 'head.out', read); // [B, K, 1]
  return score.reshape(score.shape.slice(0, 2));
}

function crossEntropy(scores: np.Array, labels: np.Array): np.Array {
  const [B] = scores.shape;
  return nn
    .logSoftmax(scores, 1)
    .mul(labels)
    .sum()
    .mul(-1 / B);
}

function batchLoss(p: Arrays, config: ModelConfiguration, batch: JaxBatch): np.Array {
  if (config.model === 'noncontrastive') {
    const labels = nn.oneHot(batch.keys.ref, config.keys);
    batch.keys.dispose();
    return crossEntropy(pairScores(p, config, batch), labels);
  }
  const scores = batchScores(p, config, batch);
  const B = scores.shape[0];
  const rows = crossEntropy(scores.ref, np.eye(B));
  return rows.add(crossEntropy(scores.transpose(), np.eye(B))).mul(0.5);
}

/** Parameters and Adam's moments, and how many steps were taken. */
export type JaxState = {
  readonly parameters: Arrays;
  readonly first: Arrays;
  readonly second: Arrays;
  readonly steps: np.Array;
};

function mapArrays(arrays: Arrays, f: (array: np.Array, name: string) => np.Array): Arrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, f(array, name)]));
}

/** One jitted training step: loss, gradients, clipping by global norm, Adam. */
export function jaxStep(config: ModelConfiguration, rate: number, adam: AdamSettings) {
  return jit((state: JaxState, batch: JaxBatch) => {
    const [loss, gradients] = valueAndGrad((p: Arrays) => {
      const value = batchLoss(p, config, batch);
      tree.dispose(p);
      return value;
    })(tree.ref(state.parameters)) as [np.Array, Arrays];
    const squares = Object.values(gradients).map((g) => np.square(g.ref).sum());
    const norm = np.sqrt(squares.reduce((sum, square) => sum.add(square)));
    const scale = lax.stopGradient(np.divide(adam.clipNorm, np.maximum(norm, adam.clipNorm)));
    const clipped = mapArrays(gradients, (g) => g.mul((scale as np.Array).ref));
    const steps = state.steps.add(1);
    const correction = (beta: number) => np.subtract(1, np.exp(steps.ref.mul(Math.log(beta))));
    const [unbias1, unbias2] = [correction(adam.beta1), correction(adam.beta2)];
    const first = mapArrays(state.first, (m, name) =>
      m.mul(adam.beta1).add(clipped[name].ref.mul(1 - adam.beta1)),
    );
    const second = mapArrays(state.second, (v, name) =>
      v.mul(adam.beta2).add(np.square(clipped[name]).mul(1 - adam.beta2)),
    );
    const parameters = mapArrays(state.parameters, (p, name) => {
      const root = np.sqrt(second[name].ref.div(unbias2.ref)).add(adam.epsilon);
      return p.sub(first[name].ref.div(unbias1.ref).div(root).mul(rate));
    });
    return { loss, next: { parameters, first, second, steps } };
  });
}
