import { GraphBuilder, type GraphOutput, typedArray, type ValueName } from './graph.ts';
import type { DType } from './program.ts';
import * as tf from './tf.ts';

/**
 * What stands for a tensor while a step is traced: a value of the graph, or a constant that is not
 * in the graph yet. `actual` is the shape the value really has; it broadcasts to `shape`. So filled
 * and broadcast tensors (the gradients of sums are full of them) cost nothing until an operator
 * needs them whole.
 */
export interface SymbolicTensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly actual: readonly number[];
  readonly value: ValueName | Constant;
}

/** One number everywhere, or an array of them. */
export type Constant = { readonly splat: number } | { readonly values: ArrayLike<number> };

export const isConstant = (
  symbol: SymbolicTensor,
): symbol is SymbolicTensor & { value: Constant } => typeof symbol.value !== 'string';

/** The number a symbol holds everywhere, if that is known. */
export function splatOf({ value }: SymbolicTensor): number | undefined {
  return typeof value === 'object' && 'splat' in value ? value.splat : undefined;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

export const broadcast = (a: readonly number[], b: readonly number[]): number[] =>
  tf.broadcast_util.assertAndGetBroadcastShape([...a], [...b]);

/** A whole value of the graph. */
export function valueSymbol(
  value: ValueName,
  shape: readonly number[],
  dtype: DType = 'float32',
  actual: readonly number[] = shape,
): SymbolicTensor {
  return { value, shape, dtype, actual };
}

/** A tensor filled with one number. */
export function splatSymbol(splat: number, shape: readonly number[], dtype: DType): SymbolicTensor {
  return { value: { splat }, shape, dtype, actual: [] };
}

/** What a kernel writes to: the graph, and how symbols become values of it. */
export class Trace {
  readonly graph = new GraphBuilder();

  /** The symbol's value as it is, broadcastable to its shape. */
  ref(symbol: SymbolicTensor): ValueName {
    const { value, dtype, actual } = symbol;
    if (typeof value === 'string') return value;
    if ('splat' in value) return this.graph.constant(typedArray(dtype, [value.splat]), [], dtype);
    return this.graph.constant(typedArray(dtype, value.values), actual, dtype);
  }

  /** The symbol's value in its full shape. */
  full(symbol: SymbolicTensor): ValueName {
    const value = this.ref(symbol);
    if (sameShape(symbol.actual, symbol.shape)) return value;
    return this.graph.op('Expand', [value, this.graph.integers(symbol.shape)]);
  }

  output(name: string, symbol: SymbolicTensor): GraphOutput {
    return { name, value: this.full(symbol), shape: symbol.shape, dtype: symbol.dtype };
  }
}
