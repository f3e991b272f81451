import {
  type SymbolicTensor,
  sameShape,
  splatOf,
  splatSymbol,
  type Trace,
  valueSymbol,
} from '../symbol.ts';
import * as tf from '../tf.ts';
import { arithmetic } from './elementwise.ts';
import type { Kernel, Kernels } from './kernel.ts';

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd';

export function reduce(
  type: Reduction,
  x: SymbolicTensor,
  axis: unknown,
  keepDims: boolean,
  trace: Trace,
): SymbolicTensor {
  const axes = tf.util.parseAxisParam(axis as number | number[], [...x.shape]);
  if (axes.length === 0) return x;
  const shape = keepDims
    ? x.shape.map((size, i) => (axes.includes(i) ? 1 : size))
    : x.shape.filter((_, i) => !axes.includes(i));
  const count = axes.reduce((product, i) => product * x.shape[i], 1);
  const splat = splatOf(x);
  if (splat !== undefined && type !== 'ReduceProd') {
    return splatSymbol(type === 'ReduceSum' ? Math.fround(splat * count) : splat, shape, x.dtype);
  }
  const repeats = broadcastRepeats(x, axes);
  if (repeats !== undefined && type === 'ReduceSum') {
    // Summing n equal slices is multiplying by n: the tensor is never expanded.
    const narrow = valueSymbol(trace.ref(x), x.actual, x.dtype);
    const sum = reduce(type, narrow, axes, keepDims, trace);
    return arithmetic('Mul', sum, splatSymbol(repeats, [], x.dtype), trace);
  }
  const value = trace.graph.op(type, [trace.full(x), trace.graph.integers(axes)], {
    keepdims: keepDims ? 1 : 0,
  });
  return valueSymbol(value, shape, x.dtype);
}

/** How often each element repeats, if broadcasting happened along reduced axes only. */
function broadcastRepeats(x: SymbolicTensor, axes: readonly number[]): number | undefined {
  if (sameShape(x.actual, x.shape) || x.actual.length !== x.shape.length) return undefined;
  let repeats = 1;
  for (const [i, size] of x.shape.entries()) {
    if (x.actual[i] === size) continue;
    if (!axes.includes(i)) return undefined;
    repeats *= size;
  }
  return repeats;
}

const reduction =
  (type: Reduction, axisName: 'axis' | 'reductionIndices' = 'axis'): Kernel =>
  ({ x }, attributes, trace) =>
    reduce(type, x, attributes[axisName], Boolean(attributes.keepDims), trace);

const arg =
  (type: 'ArgMax' | 'ArgMin'): Kernel =>
  ({ x }, { axis }, trace) => {
    const at = tf.util.parseAxisParam(axis as number, [...x.shape])[0];
    const found = trace.graph.op(type, [trace.full(x)], { axis: at, keepdims: 0 });
    const shape = x.shape.filter((_, i) => i !== at);
    return valueSymbol(trace.graph.op('Cast', [found], { to: 6 }), shape, 'int32');
  };

const normalise =
  (type: 'Softmax' | 'LogSoftmax', axisName: 'dim' | 'axis'): Kernel =>
  ({ logits }, attributes, trace) => {
    const axis = attributes[axisName] as number;
    const value = trace.graph.op(type, [trace.full(logits)], { axis });
    return valueSymbol(value, logits.shape, logits.dtype);
  };

export const reductions: Kernels = {
  Sum: reduction('ReduceSum'),
  Mean: reduction('ReduceMean'),
  Max: reduction('ReduceMax', 'reductionIndices'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  ArgMax: arg('ArgMax'),
  ArgMin: arg('ArgMin'),
  Softmax: normalise('Softmax', 'dim'),
  LogSoftmax: normalise('LogSoftmax', 'axis'),
};
