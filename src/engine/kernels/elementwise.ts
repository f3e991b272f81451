import type { DType } from '../program.ts';
import {
  broadcast,
  type SymbolicTensor,
  splatOf,
  splatSymbol,
  type Trace,
  valueSymbol,
} from '../symbol.ts';
import type { Kernel, Kernels } from './kernel.ts';

const FOLD: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Max: Math.max,
  Min: Math.min,
};

/** An arithmetic operator with broadcasting; sums with 0 and products with 1 vanish. */
export function arithmetic(
  type: string,
  a: SymbolicTensor,
  b: SymbolicTensor,
  trace: Trace,
): SymbolicTensor {
  const shape = broadcast(a.shape, b.shape);
  const { dtype } = a;
  const x = splatOf(a);
  const y = splatOf(b);
  if (x !== undefined && y !== undefined && dtype === 'float32') {
    return splatSymbol(Math.fround(FOLD[type](x, y)), shape, dtype);
  }
  const keep = (symbol: SymbolicTensor): SymbolicTensor => ({ ...symbol, shape });
  if (type === 'Mul' && y === 1) return keep(a);
  if (type === 'Mul' && x === 1) return keep(b);
  if ((type === 'Add' || type === 'Sub') && y === 0) return keep(a);
  if (type === 'Add' && x === 0) return keep(b);
  if (type === 'Div' && y === 1) return keep(a);
  if (type === 'Div' && y !== undefined && y !== 0 && dtype === 'float32') {
    return arithmetic('Mul', a, splatSymbol(Math.fround(1 / y), b.shape, dtype), trace);
  }
  const value = trace.graph.op(type, [trace.ref(a), trace.ref(b)]);
  return valueSymbol(value, shape, dtype, broadcast(a.actual, b.actual));
}

const binary =
  (type: string): Kernel =>
  ({ a, b }, _, trace) =>
    arithmetic(type, a, b, trace);

const compare =
  (type: string, operands: readonly ('a' | 'b')[] = ['a', 'b']): Kernel =>
  ({ a, b }, _, trace) => {
    const named = { a, b };
    const value = trace.graph.op(
      type,
      operands.map((name) => trace.ref(named[name])),
    );
    return valueSymbol(value, broadcast(a.shape, b.shape), 'bool', broadcast(a.actual, b.actual));
  };

const unary =
  (type: string, fold?: (x: number) => number): Kernel =>
  ({ x }, _, trace) => {
    const splat = splatOf(x);
    if (splat !== undefined && fold !== undefined) {
      return splatSymbol(Math.fround(fold(splat)), x.shape, x.dtype);
    }
    return apply(type, x, trace);
  };

function apply(
  type: string,
  x: SymbolicTensor,
  trace: Trace,
  dtype: DType = x.dtype,
): SymbolicTensor {
  return valueSymbol(trace.graph.op(type, [trace.ref(x)]), x.shape, dtype, x.actual);
}

const number = (symbol: SymbolicTensor, value: number): SymbolicTensor =>
  splatSymbol(value, [], symbol.dtype);

const ONNX_TYPE: Readonly<Record<string, number>> = { float32: 1, int32: 6, bool: 9 };

export function cast(x: SymbolicTensor, dtype: DType, trace: Trace): SymbolicTensor {
  if (x.dtype === dtype) return x;
  const splat = splatOf(x);
  if (splat !== undefined) {
    const value =
      dtype === 'int32' ? Math.trunc(splat) : dtype === 'bool' ? Number(splat !== 0) : splat;
    return splatSymbol(value, x.shape, dtype);
  }
  const value = trace.graph.op('Cast', [trace.ref(x)], { to: ONNX_TYPE[dtype] });
  return valueSymbol(value, x.shape, dtype, x.actual);
}

export const elementwise: Kernels = {
  Add: binary('Add'),
  AddN: (operands, _, trace) =>
    Object.values(operands).reduce((sum, x) => arithmetic('Add', sum, x, trace)),
  Sub: binary('Sub'),
  Multiply: binary('Mul'),
  RealDiv: binary('Div'),
  Pow: binary('Pow'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  SquaredDifference: ({ a, b }, _, trace) => {
    const difference = arithmetic('Sub', a, b, trace);
    return arithmetic('Mul', difference, difference, trace);
  },
  Equal: compare('Equal'),
  NotEqual: ({ a, b }, attributes, trace) =>
    apply('Not', compare('Equal')({ a, b }, attributes, trace) as SymbolicTensor, trace),
  Greater: compare('Greater'),
  GreaterEqual: compare('GreaterOrEqual'),
  Less: compare('Less'),
  LessEqual: compare('LessOrEqual'),
  LogicalAnd: compare('And'),
  LogicalOr: compare('Or'),
  LogicalNot: ({ x }, _, trace) => apply('Not', x, trace),
  Sqrt: unary('Sqrt', Math.sqrt),
  Exp: unary('Exp', Math.exp),
  Log: unary('Log', Math.log),
  Neg: unary('Neg', (x) => -x),
  Abs: unary('Abs', Math.abs),
  Reciprocal: unary('Reciprocal', (x) => 1 / x),
  Relu: unary('Relu'),
  Erf: unary('Erf'),
  Tanh: unary('Tanh'),
  Sigmoid: unary('Sigmoid'),
  Square: ({ x }, _, trace) => arithmetic('Mul', x, x, trace),
  Rsqrt: ({ x }, _, trace) => apply('Reciprocal', apply('Sqrt', x, trace), trace),
  Step: ({ x }, _, trace) => {
    const positive = trace.graph.op('Greater', [trace.ref(x), trace.ref(number(x, 0))]);
    return cast(valueSymbol(positive, x.shape, 'bool', x.actual), x.dtype, trace);
  },
  Select: ({ condition, t, e }, _, trace) => {
    const value = trace.graph.op(
      'Where',
      [condition, t, e].map((x) => trace.ref(x)),
    );
    const actual = broadcast(broadcast(condition.actual, t.actual), e.actual);
    return valueSymbol(value, t.shape, t.dtype, actual);
  },
  Cast: ({ x }, { dtype }, trace) => cast(x, dtype as DType, trace),
  Identity: ({ x }) => x,
  ZerosLike: ({ x }) => splatSymbol(0, x.shape, x.dtype),
  OnesLike: ({ x }) => splatSymbol(1, x.shape, x.dtype),
  Fill: (_, { shape, value, dtype }) =>
    splatSymbol(Number(value), shape as number[], (dtype as DType | undefined) ?? 'float32'),
};
