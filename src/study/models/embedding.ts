// What queries' tokens are made of: a vector each for the token, its slot and its role, added up.
//
// B queries, T tokens, w numbers per token, n vectors in all tables.
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { type NamedTensors, tf } from '../../engine/index.ts';
import { deckOf } from '../deck/deck.ts';
import { vocabulary } from '../deck/tokens.ts';
import { cardTable } from './cards.ts';
import type { ModelConfiguration } from './configuration.ts';
import { factoredRows, indicators, isFactored } from './fast/factored.ts';
import { EPSILON, normaliseRows } from './norm.ts';
import type { ParameterSpecs } from './parameters.ts';
import { ROLES, rolesOf } from './positions.ts';
import type { QueryTensors } from './queries.ts';

/** Standard deviation of slot and role vectors, beside token vectors of about 1. */
const POSITION_STD = 0.5;

const TABLES = ['tokens.table', 'positions.slots', 'positions.roles'];

export function embeddingParameters({
  encoder: { width },
  layout,
  keys,
  values,
}: ModelConfiguration): ParameterSpecs {
  const deck = deckOf(keys, values);
  const { size } = vocabulary(deck);
  const table = cardTable(deck.attributes, values + 1, size - deck.cards, width);
  const tokens = { 'tokens.table': { shape: [size, width], start: table } };
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
  /** The tokens' vectors, or which vectors they are sums of (`fast/factored.ts`). // [B, T, w | n] */
  readonly embedded: Tensor3D;
}

/** Looks up all tokens, once for all slices of a batch: their gradients are added to the tables once. */
export function embed(p: NamedTensors, queries: QueryTensors): EmbeddedQueries {
  const { tokens, slots } = queries;
  const tables = tablesOf(p);
  const embedded = isFactored(tables)
    ? indicators(tables, tokens, slots, rolesOf(tokens.shape[1]))
    : tokenVectors(p, queries);
  return { ...queries, embedded };
}

/** Token, slot and role vectors summed. // [B, T, w] */
function tokenVectors(p: NamedTensors, { tokens, slots }: QueryTensors): Tensor3D {
  const token = tf.gather(p['tokens.table'], tokens) as Tensor3D; // [B, T, w]
  if (slots === undefined) return token;
  const slot = tf.gather(p['positions.slots'], slots); // [B, T, w]
  const roles = tf.tensor1d(rolesOf(tokens.shape[1]), 'int32');
  const role = tf.gather(p['positions.roles'], roles); // [T, w]
  return tf.add(tf.add(token, slot), role);
}

/** Embedded tokens as the first layer reads them. */
export interface EmbeddedRows {
  /** A row per token. // [B * T, w] */
  readonly rows: Tensor2D;
  /** The same normalised, for the first layer's projections (`projections.ts`). // [B * T, w | n] */
  readonly normalised: Tensor2D;
}

/** The rows of embedded queries. */
export function embeddedRows(p: NamedTensors, { embedded }: EmbeddedQueries): EmbeddedRows {
  const tables = tablesOf(p);
  const rows = tf.reshape(embedded, [-1, embedded.shape[2]]) as Tensor2D;
  if (isFactored(tables)) return factoredRows(tables, rows, EPSILON);
  return { rows, normalised: normaliseRows(rows) };
}

/** The tables that tokens are sums of vectors of. // each [.., w] */
export function tablesOf(p: NamedTensors): readonly Tensor2D[] {
  return TABLES.filter((name) => name in p).map((name) => p[name] as Tensor2D);
}
