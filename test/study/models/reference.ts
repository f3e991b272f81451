// The models once more, in plain float64 loops over one sequence at a time: slow and obvious.
import type {
  EncoderConfiguration,
  ModelConfiguration,
} from '../../../src/study/models/configuration.ts';
import type { Parameters } from '../../../src/study/models/parameters.ts';
import type { QueryBatch } from '../../../src/study/models/query-batch.ts';

export type Vector = readonly number[];
export type Sequence = readonly Vector[];

/** What a sequence's attention sees: `undefined` for nothing, else the row of the distance table, or -1 for no bias. */
export type Sight = (from: number, to: number) => number | undefined;

export function row(parameters: Parameters, name: string, index: number): Vector {
  const { shape, values } = parameters[name];
  const width = shape[1];
  return [...values.subarray(index * width, (index + 1) * width)];
}

export const add = (a: Vector, b: Vector): Vector => a.map((x, i) => x + b[i]);

export function linear(parameters: Parameters, name: string, x: Vector): Vector {
  const { shape, values } = parameters[`${name}.weight`];
  const [from, to] = shape;
  return Array.from({ length: to }, (_, j) => {
    let sum = parameters[`${name}.bias`].values[j];
    for (let i = 0; i < from; i++) sum += x[i] * values[i * to + j];
    return sum;
  });
}

export function normalise(x: Vector): Vector {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
  return x.map((value) => (value - mean) / Math.sqrt(variance + 1e-5));
}

export const relu = (x: Vector): Vector => x.map((value) => Math.max(0, value));

export const mean = (vectors: Sequence): Vector =>
  vectors.reduce(add).map((sum) => sum / vectors.length);

export function layer(
  parameters: Parameters,
  { heads, width }: EncoderConfiguration,
  index: number,
  x: Sequence,
  sees: Sight,
): Sequence {
  const h = width / heads;
  const qkv = x.map((token) => linear(parameters, `layer${index}.attention.in`, normalise(token)));
  // The non-contrastive model's last layer has none: its query tokens' vectors are read by nobody.
  const distance = parameters[`layer${index}.attention.distance`]?.values;
  return x.map((token, from) => {
    const mixed = Array.from({ length: heads }, (_, head) => {
      const q = qkv[from].slice(head * h, (head + 1) * h);
      const seen = x.flatMap((_, to) => {
        const sight = sees(from, to);
        if (sight === undefined) return [];
        const k = qkv[to].slice(width + head * h, width + (head + 1) * h);
        const v = qkv[to].slice(2 * width + head * h, 2 * width + (head + 1) * h);
        const dot = q.reduce((sum, value, i) => sum + value * k[i], 0) / Math.sqrt(h);
        return [{ score: dot + (sight < 0 ? 0 : (distance?.[sight * heads + head] ?? 0)), v }];
      });
      const most = Math.max(...seen.map(({ score }) => score));
      const weights = seen.map(({ score }) => Math.exp(score - most));
      const total = weights.reduce((a, b) => a + b, 0);
      return Array.from({ length: h }, (_, i) =>
        seen.reduce((sum, { v }, at) => sum + (weights[at] / total) * v[i], 0),
      );
    }).flat();
    const attended = add(token, linear(parameters, `layer${index}.attention.out`, mixed));
    const units = relu(linear(parameters, `layer${index}.feedForward.in`, normalise(attended)));
    return add(attended, linear(parameters, `layer${index}.feedForward.out`, units));
  });
}

/** Roles of `start c1 c2 op c1 c2 op c1 c2 end`. */
const ROLES = [3, 1, 2, 0, 1, 2, 0, 1, 2, 3];

/** Embedded tokens of one query and what they see of each other. */
export function embedded(parameters: Parameters, batch: QueryBatch, query: number) {
  const { length: T, tokens, slots, present } = batch;
  const count = present
    ? present.subarray(query * T, (query + 1) * T).reduce((a, b) => a + b, 0)
    : T;
  const x = Array.from({ length: count }, (_, t) => {
    const token = row(parameters, 'tokens.table', tokens[query * T + t]);
    if (slots === undefined) return token;
    const slot = row(parameters, 'positions.slots', slots[query * T + t]);
    return add(token, add(slot, row(parameters, 'positions.roles', ROLES[t])));
  });
  const sees = (from: number, to: number) => {
    const isMark = [from, to].some((t) => t === 0 || t === T - 1);
    if (slots === undefined || isMark) return slots === undefined ? -1 : 13;
    return Math.max(-6, Math.min(6, to - from)) + 6;
  };
  return { x, sees };
}

export function encodeAlone(
  config: ModelConfiguration,
  parameters: Parameters,
  batch: QueryBatch,
  query: number,
) {
  let { x, sees } = embedded(parameters, batch, query) as {
    x: Sequence;
    sees: Sight;
  };
  for (let index = 0; index < config.encoder.layers; index++) {
    x = layer(parameters, config.encoder, index, x, sees);
  }
  return config.encoder.pooling === 'mean' ? mean(x) : x[0];
}
