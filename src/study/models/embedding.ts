// What queries' tokens are made of: a vector each for the token, its slot and its role, added up.
//
// B queries, T tokens, w numbers per token, n vectors in all tables.
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { inverseDeviation, type NamedTensors, tf } from '../../engine/index.ts';
import { cardTable } from './cards.ts';
import type { ModelConfiguration } from './configuration.ts';
import { EPSILON, normaliseForCentred } from './norm.ts';
import type { ParameterSpecs } from './parameters.ts';
import { ROLES, rolesOf } from './positions.ts';
import type { QueryTensors } from './queries.ts';

/** Standard deviation of slot and role vectors, beside token vectors of about 1. */
const POSITION_STD = 0.5;
/** Union, symmetric difference, start, end, pad: the tokens after the cards. */
const MARKS = 5;

const TABLES = ['tokens.table', 'positions.slots', 'positions.roles'];

export function embeddingParameters({
  encoder: { width },
  layout,
  keys,
  values,
}: ModelConfiguration): ParameterSpecs {
  const attributes = Math.round(Math.log(keys) / Math.log(values));
  const cards = (values + 1) ** attributes;
  const table = cardTable(attributes, values + 1, MARKS, width);
  const tokens = { 'tokens.table': { shape: [cards + MARKS, width], start: table } };
  if (layout.kind === 'members') return tokens;
  const start = { kind: 'normal', std: POSITION_STD } as const;
  return {
    ...tokens,
    'positions.slots': { shape: [layout.pairs + 1, width], start },
    'positions.roles': { shape: [ROLES, width], start },
  };
}

/** Queries whose tokens have been looked up. */
export interface EmbeddedQueries extends QueryTensors {
  /** The tokens' vectors, or the parts they are sums of, see `factor`. // [B, T, w | n] */
  readonly embedded: Tensor3D;
}

/** Looks up all tokens: once for all slices of a batch, and so are their gradients added to the tables. */
export function embed(p: NamedTensors, queries: QueryTensors): EmbeddedQueries {
  return { ...queries, embedded: isFactored(p) ? partsOf(p, queries) : gathered(p, queries) };
}

/** Embedded tokens as the first layer reads them. */
export interface EmbeddedRows {
  /** A row per token. // [B * T, w] */
  readonly rows: Tensor2D;
  /** What gives the normalised rows' products with a matrix when multiplied by `factor` of it. */
  readonly normalised: Tensor2D;
}

/** The rows of embedded queries. */
export function embeddedRows(p: NamedTensors, { embedded }: EmbeddedQueries): EmbeddedRows {
  const given = tf.reshape(embedded, [-1, embedded.shape[2]]) as Tensor2D;
  if (!isFactored(p)) return { rows: given, normalised: normaliseForCentred(given) };
  const rows = tf.matMul(given, allVectors(p)) as Tensor2D;
  return { rows, normalised: tf.mul(given, inverseDeviation(rows, EPSILON)) };
}

/**
 * The matrix that `normalised` is to be multiplied by for the product of the normalised rows with a
 * `centred` weight. Embedded rows are rows of zeros and ones times the vectors of all tables, and as
 * (S E) W = S (E W), a few vectors are multiplied by the weight instead of all rows. // [w, to] -> [w | n, to]
 */
export function factor(p: NamedTensors, weight: Tensor2D): Tensor2D {
  if (!isFactored(p)) return weight;
  const vectors = allVectors(p);
  // A `centred` weight's gradient must be one of centred rows.
  return tf.matMul(tf.sub(vectors, tf.mean(vectors, 1, true)) as Tensor2D, weight);
}

function isFactored(p: NamedTensors): boolean {
  return sharedRows(tablesOf(p).map(({ shape }) => shape)) !== undefined;
}

/** Numbers per vector for each vector of the tables, from which `factor` saves more than it costs. */
const WIDE = 2;

/** n if vectors are wide enough, given the tables' shapes [.., w]. */
function sharedRows(shapes: readonly (readonly number[])[]): number | undefined {
  const n = shapes.reduce((sum, [rows]) => sum + rows, 0);
  return WIDE * n <= shapes[0][1] ? n : undefined;
}

/** n of a model whose embedding is factored, see `factor`; otherwise `undefined`. */
export function factoredVectors(config: ModelConfiguration): number | undefined {
  return sharedRows(Object.values(embeddingParameters(config)).map(({ shape }) => shape));
}

const tablesOf = (p: NamedTensors): readonly Tensor2D[] =>
  TABLES.filter((name) => name in p).map((name) => p[name] as Tensor2D);

/** The vectors of all tables. // [n, w] */
function allVectors(p: NamedTensors): Tensor2D {
  const tables = tablesOf(p);
  return tables.length === 1 ? tables[0] : tf.concat2d([...tables], 0);
}

/** 1 for each vector that a token is the sum of. // [B, T, n] */
function partsOf(p: NamedTensors, { tokens, slots }: QueryTensors): Tensor3D {
  const [V, N = 0, R = 0] = tablesOf(p).map(({ shape }) => shape[0]);
  const n = V + N + R;
  const token = tf.oneHot(tokens, n) as Tensor3D; // [B, T, n]
  if (slots === undefined) return token;
  const slot = tf.oneHot(tf.add(slots, tf.scalar(V, 'int32')), n);
  const roles = rolesOf(tokens.shape[1]).map((role) => role + V + N);
  const role = tf.oneHot(tf.tensor1d(roles, 'int32'), n); // [T, n]
  return tf.add(tf.add(token, slot), role);
}

/** Token, slot and role vectors summed. // [B, T, w] */
function gathered(p: NamedTensors, { tokens, slots }: QueryTensors): Tensor3D {
  const token = tf.gather(p['tokens.table'], tokens) as Tensor3D; // [B, T, w]
  if (slots === undefined) return token;
  const slot = tf.gather(p['positions.slots'], slots); // [B, T, w]
  const roles = tf.tensor1d(rolesOf(tokens.shape[1]), 'int32');
  const role = tf.gather(p['positions.roles'], roles); // [T, w]
  return tf.add(tf.add(token, slot), role);
}
