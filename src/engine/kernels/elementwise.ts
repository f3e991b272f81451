import type { Graph, Value } from '../graph/graph.ts';
import {
  add,
  combine,
  compare,
  constantLike,
  divide,
  logical,
  matched,
  multiply,
  not,
  power,
  select,
  subtract,
  unary,
} from './arithmetic.ts';
import { divideIntegers, moduloOfIntegers } from './integers.ts';
import {
  broadcastShape,
  cast,
  full,
  type Inputs,
  type Kernel,
  type KernelTable,
  type Symbolic,
  splatOf,
  symbolic,
} from './symbolic.ts';

/** The result is an integer whatever the operands, as in tfjs. */
function floorDivide(graph: Graph, a: Symbolic, b: Symbolic): Symbolic {
  if (a.dtype !== 'float32' && b.dtype !== 'float32') {
    return divideIntegers(graph, cast(graph, a, 'int32'), cast(graph, b, 'int32'));
  }
  return toInteger(graph, unary(graph, 'Floor', divide(graph, a, b)));
}

/** As an int32, NaN and infinities as 0. */
export function toInteger(graph: Graph, x: Symbolic): Symbolic {
  if (x.dtype !== 'float32' || splatOf(x) !== undefined) return cast(graph, x, 'int32');
  const isOther = logical(graph, 'Or', isNan(graph, x), isInfinite(graph, x));
  return cast(graph, select(graph, isOther, constantLike(graph, 0), x), 'int32');
}

/** Remainder with the sign of the divisor, as in tfjs. */
function modulo(graph: Graph, a: Symbolic, b: Symbolic): Symbolic {
  const [left, right, dtype] = matched(graph, a, b);
  if (dtype !== 'float32') return moduloOfIntegers(graph, left, right);
  const shape = broadcastShape(left.shape, right.shape);
  const stored = broadcastShape(left.value.shape, right.value.shape);
  const remainder = (x: Value, y: Value) =>
    symbolic(graph.op('Mod', [x, y], stored, dtype, { fmod: 1 }), shape, dtype);
  // fmod takes the sign of the dividend: where the signs differ, add the divisor and reduce again.
  const once = remainder(left.value, right.value);
  const lifted = remainder(add(graph, once, right).value, right.value);
  const isNegative = (x: Symbolic) => compare(graph, 'Less', x, constantLike(graph, 0));
  const differ = logical(graph, 'Xor', isNegative(left), isNegative(right));
  return select(graph, differ, lifted, once);
}

function squaredDifference(graph: Graph, a: Symbolic, b: Symbolic): Symbolic {
  const difference = subtract(graph, a, b);
  return multiply(graph, difference, difference);
}

/** tfjs's Select: a condition of rank 1 chooses whole rows. */
function selectRows(graph: Graph, { condition, t, e }: Inputs): Symbolic {
  if (condition.shape.length !== 1 || t.shape.length < 2) return select(graph, condition, t, e);
  const column = [...condition.shape, ...t.shape.slice(1).map(() => 1)];
  const value =
    splatOf(condition) === undefined
      ? graph.op('Reshape', [full(graph, condition), graph.ints(column)], column, 'bool')
      : condition.value;
  return select(graph, { ...condition, shape: column, value }, t, e);
}

function binary(f: (graph: Graph, a: Symbolic, b: Symbolic) => Symbolic): Kernel {
  return (graph, { a, b }) => f(graph, a, b);
}

function extremum(op: string, fold: (a: number, b: number) => number): Kernel {
  return (graph, { a, b }) => {
    const [left, right, dtype] = matched(graph, a, b);
    return combine(graph, op, left, right, dtype, fold);
  };
}

export function float(op: string, fold?: (x: number) => number): Kernel {
  return (graph, { x }) => unary(graph, op, x, fold);
}

/** Rounding, which leaves integers as they are. */
function rounding(op: string, fold?: (x: number) => number): Kernel {
  return (graph, { x }) => (x.dtype === 'float32' ? unary(graph, op, x, fold) : x);
}

/** Sign, and 0 of NaN, as in tfjs. */
function sign(graph: Graph, { x }: Inputs): Symbolic {
  const signs = sameType('Sign')(graph, { x }, {} as never) as Symbolic;
  if (x.dtype !== 'float32') return signs;
  return select(graph, isNan(graph, x), constantLike(graph, 0), signs);
}

/** A kernel whose result has the type of its operand. */
export function sameType(op: string): Kernel {
  return (graph, { x }) => {
    const y = x.dtype === 'bool' ? cast(graph, x, 'int32') : x;
    return symbolic(graph.op(op, [y.value], y.value.shape, y.dtype), y.shape, y.dtype);
  };
}

function arcTangent2(graph: Graph, inputs: Inputs): Symbolic {
  // Two infinities have the angle of their signs.
  const areInfinite = logical(
    graph,
    'And',
    isInfinite(graph, inputs.a),
    isInfinite(graph, inputs.b),
  );
  const bounded = (z: Symbolic): Symbolic =>
    select(graph, areInfinite, unary(graph, 'Sign', z), cast(graph, z, 'float32'));
  const [y, x] = [bounded(inputs.a), bounded(inputs.b)];
  const zero = constantLike(graph, 0);
  const angle = unary(graph, 'Atan', divide(graph, y, x));
  const above = compare(graph, 'GreaterOrEqual', y, zero);
  const turn = select(graph, above, constantLike(graph, Math.PI), constantLike(graph, -Math.PI));
  const left = select(graph, compare(graph, 'Less', x, zero), add(graph, angle, turn), angle);
  // On the vertical axis, the origin included, the quotient is infinite or NaN.
  const upright = divide(graph, turn, constantLike(graph, 2));
  const onAxis = select(graph, compare(graph, 'Equal', y, zero), zero, upright);
  const angled = select(graph, compare(graph, 'Equal', x, zero), onAxis, left);
  return select(graph, isNan(graph, y), y, angled);
}

export function clip(graph: Graph, x: Symbolic, low: number, high: number): Symbolic {
  if (x.dtype === 'bool')
    return cast(graph, clip(graph, cast(graph, x, 'int32'), low, high), 'bool');
  // An infinite bound has no int32.
  const within = (bound: number) =>
    x.dtype === 'int32' ? Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, bound)) : bound;
  const bounds = [graph.scalar(within(low), x.dtype), graph.scalar(within(high), x.dtype)];
  const value = graph.op('Clip', [x.value, ...bounds], x.value.shape, x.dtype);
  return symbolic(value, x.shape, x.dtype);
}

export function isInfinite(graph: Graph, x: Symbolic): Symbolic {
  const { value } = cast(graph, x, 'float32');
  return symbolic(graph.op('IsInf', [value], value.shape, 'bool'), x.shape, 'bool');
}

export function isNan(graph: Graph, x: Symbolic): Symbolic {
  const { value } = cast(graph, x, 'float32');
  return symbolic(graph.op('IsNaN', [value], value.shape, 'bool'), x.shape, 'bool');
}

// log(1 + x) loses digits near zero; this form does not (Higham, Accuracy and Stability of Numerical
// Algorithms, problem 1.5).
function log1p(graph: Graph, { x }: Inputs): Symbolic {
  const one = constantLike(graph, 1);
  const sum = add(graph, x, one);
  const rounded = subtract(graph, sum, one);
  const scaled = multiply(graph, unary(graph, 'Log', sum), divide(graph, x, rounded));
  const exact = select(graph, compare(graph, 'Equal', rounded, constantLike(graph, 0)), x, scaled);
  return select(graph, compare(graph, 'Equal', sum, constantLike(graph, Infinity)), sum, exact);
}

function expm1(graph: Graph, { x }: Inputs): Symbolic {
  // exp(x) - 1 = tanh(x / 2) (exp(x) + 1), which stays bounded on both sides
  const half = multiply(graph, x, constantLike(graph, 0.5));
  const sum = add(graph, unary(graph, 'Exp', x), constantLike(graph, 1));
  return multiply(graph, unary(graph, 'Tanh', half), sum);
}

function reciprocalRoot(graph: Graph, { x }: Inputs): Symbolic {
  return unary(graph, 'Reciprocal', unary(graph, 'Sqrt', x, Math.sqrt), (y) => 1 / y);
}

function addAll(graph: Graph, inputs: Inputs): Symbolic {
  return Object.values(inputs).reduce((sum, x) => add(graph, sum, x));
}

function batchNorm(
  graph: Graph,
  { x, mean, variance, scale, offset }: Inputs,
  { varianceEpsilon }: { varianceEpsilon: number },
): Symbolic {
  const shifted = add(graph, variance, constantLike(graph, varianceEpsilon));
  const centred = subtract(graph, x, mean);
  const normal = divide(graph, centred, unary(graph, 'Sqrt', shifted));
  const scaled = scale === undefined ? normal : multiply(graph, normal, scale);
  return offset === undefined ? scaled : add(graph, scaled, offset);
}

function bitwiseAnd(graph: Graph, { a, b }: Inputs): Symbolic {
  return combine(graph, 'BitwiseAnd', a, b, 'int32', (x, y) => x & y);
}

/** Element-wise arithmetic, comparison and logic, all with broadcasting. */
export const elementwise: KernelTable = {
  Add: binary(add),
  Sub: binary(subtract),
  Multiply: binary(multiply),
  RealDiv: binary(divide),
  FloorDiv: binary(floorDivide),
  Mod: binary(modulo),
  Pow: binary(power),
  Maximum: extremum('Max', Math.max),
  Minimum: extremum('Min', Math.min),
  SquaredDifference: binary(squaredDifference),
  Atan2: arcTangent2,
  AddN: addAll,
  BitwiseAnd: bitwiseAnd,

  Equal: binary((graph, a, b) => compare(graph, 'Equal', a, b)),
  NotEqual: binary((graph, a, b) => not(graph, compare(graph, 'Equal', a, b))),
  Greater: binary((graph, a, b) => compare(graph, 'Greater', a, b)),
  GreaterEqual: binary((graph, a, b) => compare(graph, 'GreaterOrEqual', a, b)),
  Less: binary((graph, a, b) => compare(graph, 'Less', a, b)),
  LessEqual: binary((graph, a, b) => compare(graph, 'LessOrEqual', a, b)),
  LogicalAnd: binary((graph, a, b) => logical(graph, 'And', a, b)),
  LogicalOr: binary((graph, a, b) => logical(graph, 'Or', a, b)),
  LogicalXor: binary((graph, a, b) => logical(graph, 'Xor', a, b)),
  LogicalNot: (graph, { x }) => not(graph, x),
  Select: selectRows,

  Abs: sameType('Abs'),
  Neg: sameType('Neg'),
  Sign: sign,
  Square: (graph, { x }) => multiply(graph, x, x),
  Sqrt: float('Sqrt', Math.sqrt),
  Rsqrt: reciprocalRoot,
  Reciprocal: float('Reciprocal', (x) => 1 / x),
  Exp: float('Exp', Math.exp),
  Expm1: expm1,
  Log: float('Log', Math.log),
  Log1p: log1p,
  Sin: float('Sin'),
  Cos: float('Cos'),
  Tan: float('Tan'),
  Asin: float('Asin'),
  Acos: float('Acos'),
  Atan: float('Atan'),
  Sinh: float('Sinh'),
  Cosh: float('Cosh'),
  Tanh: float('Tanh'),
  Asinh: float('Asinh'),
  Acosh: float('Acosh'),
  Atanh: float('Atanh'),
  Erf: float('Erf'),
  Ceil: rounding('Ceil', Math.ceil),
  Floor: rounding('Floor', Math.floor),
  Round: rounding('Round'),
  ClipByValue: (
    graph,
    { x },
    { clipValueMin, clipValueMax }: { clipValueMin: number; clipValueMax: number },
  ) => clip(graph, x, clipValueMin, clipValueMax),
  IsNan: (graph, { x }) => isNan(graph, x),
  IsInf: (graph, { x }) => isInfinite(graph, x),
  IsFinite: (graph, { x }) =>
    not(graph, logical(graph, 'Or', isNan(graph, x), isInfinite(graph, x))),
  FusedBatchNorm: batchNorm,
};
