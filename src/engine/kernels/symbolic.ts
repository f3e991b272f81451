import {
  dataOf,
  ELEMENT_TYPE_CODE,
  type ElementType,
  type Graph,
  sameShape,
  sizeOf,
  type Value,
} from '../graph/graph.ts';
import type { DType } from '../step/step.ts';
import { tf } from '../tfjs/tf.ts';

/**
 * A tensor while tracing: its shape as tfjs sees it, and the graph value that stores it. The value may
 * be smaller, as long as it broadcasts to `shape`: so `fill`, `broadcastTo` and the gradients of `sum`
 * and `mean` cost nothing until an operation needs every element.
 */
export interface Symbolic {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly value: Value;
}

/** Inputs of a kernel by name; those of kernels that take a list (Concat, Pack) by position. */
export type Inputs = Readonly<Record<string, Symbolic>>;

/**
 * A kernel adds the nodes that compute its outputs to the graph. tfjs passes the attributes; each
 * kernel declares the type that tfjs documents for them.
 */
export type Kernel = (
  graph: Graph,
  inputs: Inputs,
  attributes: never,
) => Symbolic | readonly Symbolic[];

export type KernelTable = Readonly<Record<string, Kernel>>;

export function symbolic(
  value: Value,
  shape: readonly number[] = value.shape,
  dtype: DType = dtypeOf(value.type),
): Symbolic {
  return { shape, dtype, value };
}

/** A tensor whose elements are all the same number. */
export function splat(
  graph: Graph,
  number: number,
  shape: readonly number[],
  dtype: DType = 'float32',
): Symbolic {
  return { shape, dtype, value: graph.scalar(number, dtype) };
}

/** The number that a splat holds; undefined for any other tensor. */
export function splatOf({ value }: Symbolic): number | undefined {
  return value.source.kind === 'constant' && value.shape.length === 0
    ? Number(value.source.data[0])
    : undefined;
}

/** The value with every element stored. */
export function full(graph: Graph, { shape, value }: Symbolic): Value {
  if (sameShape(value.shape, shape)) return value;
  return sizeOf(shape) === 0
    ? graph.constant(dataOf([], value.type), shape, value.type)
    : graph.op('Expand', [value, graph.ints(shape)], shape, value.type);
}

/** The value in another element type. */
export function castValue(graph: Graph, value: Value, type: ElementType): Value {
  return value.type === type
    ? value
    : graph.op('Cast', [value], value.shape, type, { to: ELEMENT_TYPE_CODE[type] });
}

export function cast(graph: Graph, x: Symbolic, dtype: DType): Symbolic {
  if (x.dtype === dtype) return x;
  const number = splatOf(x);
  if (number === undefined) return { ...x, dtype, value: castValue(graph, x.value, dtype) };
  const converted =
    dtype === 'int32' ? Math.trunc(number) : dtype === 'bool' ? +(number !== 0) : number;
  return splat(graph, converted, x.shape, dtype);
}

/** tfjs's type of a tensor whose value is stored as this. */
export function dtypeOf(type: ElementType): DType {
  if (type === 'int64' || type === 'uint32') return 'int32';
  return type === 'float16' || type === 'bfloat16' ? 'float32' : type;
}

/** The shape that two shapes broadcast to; throws if they do not. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  return tf.broadcast_util.assertAndGetBroadcastShape([...a], [...b]);
}

/** Axes as non-negative numbers; all of them if none are given. */
export function axesOf(
  axis: number | readonly number[] | null | undefined,
  shape: readonly number[],
): number[] {
  return tf.util.parseAxisParam((axis ?? null) as number | number[], [...shape]);
}
