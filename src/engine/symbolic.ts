import type { ElementType, Graph, Value } from './graph.ts';
import { sameShape } from './graph.ts';
import type { DType } from './program.ts';
import { tf } from './tf.ts';

/**
 * A tensor while tracing: its shape as tfjs sees it, and the graph value that holds it. The value may
 * be smaller: its shape need only broadcast to `shape` (aligned right), so that `fill`, `broadcastTo`
 * and the gradients of `sum` and `mean` cost nothing until an operation needs every element.
 */
export interface Symbolic {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly value: Value;
}

/** Inputs of a kernel by name; kernels of many tensors (Concat, Pack) have them by position. */
export type Inputs = Readonly<Record<string, Symbolic>>;

/**
 * A kernel: appends to the graph what computes its outputs. `attributes` is what tfjs passes; each
 * kernel states the type that tfjs documents for it.
 */
export type Kernel = (
  graph: Graph,
  inputs: Inputs,
  attributes: never,
) => Symbolic | readonly Symbolic[];

export type KernelTable = Readonly<Record<string, Kernel>>;

export const symbolic = (
  value: Value,
  shape: readonly number[] = value.shape,
  dtype: DType = dtypeOf(value.type),
): Symbolic => ({ shape, dtype, value });

/** A tensor all of whose elements are the same number. */
export const splat = (
  graph: Graph,
  number: number,
  shape: readonly number[],
  dtype: DType = 'float32',
): Symbolic => ({ shape, dtype, value: graph.scalar(number, dtype) });

/** The number a splat holds; undefined for everything else. */
export const splatOf = ({ value }: Symbolic): number | undefined =>
  value.source.kind === 'constant' && value.shape.length === 0
    ? Number(value.source.data[0])
    : undefined;

/** The value with every element there. */
export const full = (graph: Graph, { shape, value }: Symbolic): Value =>
  sameShape(value.shape, shape)
    ? value
    : graph.op('Expand', [value, graph.ints(shape)], shape, value.type);

/** The same elements as another element type, at graph level. */
export const castValue = (graph: Graph, value: Value, type: ElementType): Value =>
  value.type === type
    ? value
    : graph.op('Cast', [value], value.shape, type, { to: CAST_CODE[type] });

export const cast = (graph: Graph, x: Symbolic, dtype: DType): Symbolic => {
  if (x.dtype === dtype) return x;
  const number = splatOf(x);
  if (number === undefined) return { ...x, dtype, value: castValue(graph, x.value, dtype) };
  const converted =
    dtype === 'int32' ? Math.trunc(number) : dtype === 'bool' ? +(number !== 0) : number;
  return splat(graph, converted, x.shape, dtype);
};

const CAST_CODE: Readonly<Record<ElementType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
};

const dtypeOf = (type: ElementType): DType => (type === 'int64' ? 'int32' : type);

/** Shape that two shapes broadcast to; throws when they do not. */
export const broadcastShape = (a: readonly number[], b: readonly number[]): number[] =>
  tf.broadcast_util.assertAndGetBroadcastShape([...a], [...b]);

/** Axes as non-negative numbers; all of them when none are given. */
export const axesOf = (
  axis: number | readonly number[] | null | undefined,
  shape: readonly number[],
): number[] => tf.util.parseAxisParam((axis ?? null) as number | number[], [...shape]);
