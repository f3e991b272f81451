import { type Graph, sizeOf } from '../graph/graph.ts';
import { combine, compare, logical, not, select, subtract } from './arithmetic.ts';
import { cast, type Symbolic, splat, splatOf } from './symbolic.ts';

/** An int32. */
function integer(graph: Graph, number: number): Symbolic {
  return splat(graph, number, [], 'int32');
}

/** @throws Error for a constant divisor that holds a zero; ONNX Runtime fails for any other */
function refuseZero(a: Symbolic, { shape, value: { source } }: Symbolic): void {
  if (sizeOf(a.shape) === 0 || sizeOf(shape) === 0) return;
  if (
    source.kind === 'constant' &&
    source.data.some((number: number | bigint) => Number(number) === 0)
  ) {
    throw new Error('integer division by zero');
  }
}

/** The processor traps when it divides the smallest int32 by -1: 1 instead of each -1. */
function withoutMinusOne(graph: Graph, x: Symbolic): Symbolic {
  const number = splatOf(x);
  if (number !== undefined && number !== -1) return x;
  return select(graph, isMinusOne(graph, x), integer(graph, 1), x);
}

function isMinusOne(graph: Graph, x: Symbolic): Symbolic {
  return compare(graph, 'Equal', x, integer(graph, -1));
}

/** Remainder of int32 with the sign of the divisor. */
export function moduloOfIntegers(graph: Graph, a: Symbolic, b: Symbolic): Symbolic {
  refuseZero(a, b);
  const fold = (x: number, y: number) => x - y * Math.floor(x / y);
  return combine(graph, 'Mod', a, withoutMinusOne(graph, b), 'int32', fold);
}

/** Quotient of int32, rounded down. */
export function divideIntegers(graph: Graph, a: Symbolic, b: Symbolic): Symbolic {
  refuseZero(a, b);
  if (splatOf(a) !== undefined && splatOf(b) !== undefined) {
    return combine(graph, 'Div', a, b, 'int32', (x, y) => Math.floor(x / y) | 0);
  }
  const negated = subtract(graph, integer(graph, 0), a);
  const divisor = withoutMinusOne(graph, b);
  const towardsZero = combine(graph, 'Div', a, divisor, 'int32');
  const remainder = combine(graph, 'Mod', a, divisor, 'int32');
  const zero = integer(graph, 0);
  const isInexact = not(graph, compare(graph, 'Equal', remainder, zero));
  const isNegative = (x: Symbolic) => compare(graph, 'Less', x, zero);
  const differ = logical(graph, 'Xor', isNegative(a), isNegative(b));
  const isAbove = cast(graph, logical(graph, 'And', isInexact, differ), 'int32');
  const quotient = subtract(graph, towardsZero, isAbove);
  return splatOf(b) !== undefined && splatOf(b) !== -1
    ? quotient
    : select(graph, isMinusOne(graph, b), negated, quotient);
}
