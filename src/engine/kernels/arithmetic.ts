import type { Graph } from '../graph/graph.ts';
import type { DType } from '../step/step.ts';
import {
  broadcastShape,
  cast,
  castValue,
  type Symbolic,
  splat,
  splatOf,
  symbolic,
} from './symbolic.ts';

/** An ONNX operation on two tensors with broadcasting; `fold` computes it here if both are splats. */
export function combine(
  graph: Graph,
  op: string,
  a: Symbolic,
  b: Symbolic,
  dtype: DType,
  fold?: (a: number, b: number) => number,
): Symbolic {
  const shape = broadcastShape(a.shape, b.shape);
  const [left, right] = [splatOf(a), splatOf(b)];
  if (fold !== undefined && left !== undefined && right !== undefined) {
    const number = fold(left, right);
    return splat(graph, dtype === 'float32' ? Math.fround(number) : number, shape, dtype);
  }
  const stored = broadcastShape(a.value.shape, b.value.shape);
  return symbolic(graph.op(op, [a.value, b.value], stored, dtype), shape, dtype);
}

/** The type that tfjs gives the result of arithmetic on two types. */
export function widerType(a: Symbolic, b: Symbolic): DType {
  return a.dtype === b.dtype && a.dtype !== 'bool'
    ? a.dtype
    : a.dtype === 'float32' || b.dtype === 'float32'
      ? 'float32'
      : 'int32';
}

/** Both operands in their wider type. */
export function matched(graph: Graph, a: Symbolic, b: Symbolic): [Symbolic, Symbolic, DType] {
  const dtype = widerType(a, b);
  return [cast(graph, a, dtype), cast(graph, b, dtype), dtype];
}

/** `x` broadcast against `other`, at no cost; undefined if it would have to be cast. */
export function broadcastLike(x: Symbolic, other: Symbolic, dtype: DType): Symbolic | undefined {
  return x.dtype === dtype ? { ...x, shape: broadcastShape(x.shape, other.shape) } : undefined;
}

export function add(graph: Graph, a: Symbolic, b: Symbolic): Symbolic {
  const [left, right, dtype] = matched(graph, a, b);
  if (splatOf(right) === 0) return broadcastLike(left, right, dtype) ?? left;
  if (splatOf(left) === 0) return broadcastLike(right, left, dtype) ?? right;
  return combine(graph, 'Add', left, right, dtype, (x, y) => x + y);
}

export function subtract(graph: Graph, a: Symbolic, b: Symbolic): Symbolic {
  const [left, right, dtype] = matched(graph, a, b);
  if (splatOf(right) === 0) return broadcastLike(left, right, dtype) ?? left;
  return combine(graph, 'Sub', left, right, dtype, (x, y) => x - y);
}

export function multiply(graph: Graph, a: Symbolic, b: Symbolic): Symbolic {
  const [left, right, dtype] = matched(graph, a, b);
  if (splatOf(right) === 1) return broadcastLike(left, right, dtype) ?? left;
  if (splatOf(left) === 1) return broadcastLike(right, left, dtype) ?? right;
  return combine(graph, 'Mul', left, right, dtype, dtype === 'int32' ? Math.imul : (x, y) => x * y);
}

export function divide(graph: Graph, a: Symbolic, b: Symbolic): Symbolic {
  const [left, right] = [cast(graph, a, 'float32'), cast(graph, b, 'float32')];
  const divisor = splatOf(right);
  if (divisor === 1) return broadcastLike(left, right, 'float32') ?? left;
  // A product with the inverse is cheaper, and exact for powers of two.
  if (divisor !== undefined && isPowerOfTwo(divisor)) {
    return multiply(graph, left, splat(graph, 1 / divisor, right.shape));
  }
  return combine(graph, 'Div', left, right, 'float32', (x, y) => x / y);
}

/** Whether the number is a power of two whose inverse is a float32 too. */
function isPowerOfTwo(number: number): boolean {
  const exponent = Math.log2(Math.abs(number));
  return Number.isInteger(exponent) && Math.abs(exponent) <= 126;
}

/** A float operation on one operand, computed on the stored value before it is broadcast. */
export function unary(
  graph: Graph,
  op: string,
  x: Symbolic,
  fold?: (x: number) => number,
): Symbolic {
  const number = splatOf(x);
  if (fold !== undefined && number !== undefined) {
    return splat(graph, Math.fround(fold(number)), x.shape);
  }
  const { value } = cast(graph, x, 'float32');
  return symbolic(graph.op(op, [value], value.shape, 'float32'), x.shape);
}

export function power(graph: Graph, a: Symbolic, b: Symbolic): Symbolic {
  const [left, right, dtype] = matched(graph, a, b);
  if (splatOf(right) === 1) return broadcastLike(left, right, dtype) ?? left;
  if (splatOf(right) === 2) {
    return multiply(graph, left, { ...left, shape: broadcastShape(left.shape, right.shape) });
  }
  return combine(graph, 'Pow', left, right, dtype, (x, y) => x ** y);
}

export function constantLike(graph: Graph, number: number): Symbolic {
  return splat(graph, number, []);
}

export function compare(graph: Graph, op: string, a: Symbolic, b: Symbolic): Symbolic {
  const [left, right] = matched(graph, a, b);
  const stored = broadcastShape(left.value.shape, right.value.shape);
  const value = graph.op(op, [left.value, right.value], stored, 'bool');
  return symbolic(value, broadcastShape(a.shape, b.shape), 'bool');
}

export function logical(graph: Graph, op: string, a: Symbolic, b: Symbolic): Symbolic {
  return combine(graph, op, cast(graph, a, 'bool'), cast(graph, b, 'bool'), 'bool');
}

export function not(graph: Graph, x: Symbolic): Symbolic {
  const { value } = cast(graph, x, 'bool');
  return symbolic(graph.op('Not', [value], value.shape, 'bool'), x.shape, 'bool');
}

/** `condition ? t : e`, with broadcasting. */
export function select(graph: Graph, condition: Symbolic, t: Symbolic, e: Symbolic): Symbolic {
  const choice = cast(graph, condition, 'bool').value;
  const shape = broadcastShape(broadcastShape(condition.shape, t.shape), e.shape);
  const stored = broadcastShape(broadcastShape(choice.shape, t.value.shape), e.value.shape);
  const areBools = t.dtype === 'bool' && e.dtype === 'bool';
  const dtype = areBools ? 'bool' : widerType(t, e);
  // ONNX Runtime has no Where for booleans.
  const type = dtype === 'bool' ? 'int32' : dtype;
  const [yes, no] = [castValue(graph, t.value, type), castValue(graph, e.value, type)];
  const chosen = graph.op('Where', [choice, yes, no], stored, type);
  return symbolic(castValue(graph, chosen, dtype), shape, dtype);
}
