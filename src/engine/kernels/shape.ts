import {
  type SymbolicTensor,
  sameShape,
  sizeOf,
  splatOf,
  type Trace,
  valueSymbol,
} from '../symbol.ts';
import * as tf from '../tf.ts';
import type { Kernels } from './kernel.ts';

export function reshape(x: SymbolicTensor, shape: readonly number[], trace: Trace): SymbolicTensor {
  if (sameShape(x.shape, shape)) return x;
  if (sizeOf(x.actual) === 1) {
    if (typeof x.value !== 'string') return { ...x, shape };
    if (x.actual.length === 0) return { ...x, shape };
    const scalar = trace.graph.op('Reshape', [x.value, trace.graph.integers([])]);
    return valueSymbol(scalar, shape, x.dtype, []);
  }
  const value = trace.graph.op('Reshape', [trace.full(x), trace.graph.integers(shape)]);
  return valueSymbol(value, shape, x.dtype);
}

function slice(
  x: SymbolicTensor,
  begin: readonly number[],
  size: readonly number[],
  trace: Trace,
): SymbolicTensor {
  if (splatOf(x) !== undefined) return { ...x, shape: size };
  if (sameShape(x.shape, size)) return x;
  const { graph } = trace;
  const axes = begin.map((_, i) => i).filter((i) => size[i] !== x.shape[i]);
  const value = graph.op('Slice', [
    trace.full(x),
    graph.integers(axes.map((i) => begin[i])),
    graph.integers(axes.map((i) => begin[i] + size[i])),
    graph.integers(axes),
  ]);
  return valueSymbol(value, size, x.dtype);
}

function concat(xs: readonly SymbolicTensor[], axis: number, trace: Trace): SymbolicTensor {
  if (xs.length === 1) return xs[0];
  const shape = [...xs[0].shape];
  shape[axis] = xs.reduce((sum, x) => sum + x.shape[axis], 0);
  const value = trace.graph.op(
    'Concat',
    xs.map((x) => trace.full(x)),
    { axis },
  );
  return valueSymbol(value, shape, xs[0].dtype);
}

function withoutAxis(shape: readonly number[], axis: number): number[] {
  return shape.filter((_, i) => i !== axis);
}

function axisOf(axis: unknown, x: SymbolicTensor): number {
  return tf.util.parseAxisParam(axis as number, [...x.shape])[0];
}

export const shapeKernels: Kernels = {
  Reshape: ({ x }, { shape }, trace) =>
    reshape(x, tf.util.inferFromImplicitShape(shape as number[], sizeOf(x.shape)), trace),
  ExpandDims: ({ input }, { dim }, trace) => {
    const at = dim as number;
    const shape = [...input.shape];
    shape.splice(at < 0 ? shape.length + 1 + at : at, 0, 1);
    return reshape(input, shape, trace);
  },
  Transpose: ({ x }, { perm }, trace) => {
    const order = perm as number[];
    if (order.every((p, i) => p === i)) return x;
    const shape = order.map((p) => x.shape[p]);
    if (splatOf(x) !== undefined) return { ...x, shape };
    return valueSymbol(
      trace.graph.op('Transpose', [trace.full(x)], { perm: order }),
      shape,
      x.dtype,
    );
  },
  Slice: ({ x }, { begin, size }, trace) => {
    const view = { shape: [...x.shape], rank: x.shape.length } as tf.Tensor;
    const [from, count] = tf.slice_util.parseSliceParams(
      view,
      begin as number | number[],
      size as number | number[],
    );
    return slice(x, from, count, trace);
  },
  PadV2: ({ x }, { paddings, constantValue }, trace) => {
    const { graph } = trace;
    const pads = paddings as [number, number][];
    const value = graph.op('Pad', [
      trace.full(x),
      graph.integers([...pads.map(([before]) => before), ...pads.map(([, after]) => after)]),
      graph.scalar((constantValue as number | undefined) ?? 0, x.dtype),
    ]);
    const shape = x.shape.map((size, i) => size + pads[i][0] + pads[i][1]);
    return valueSymbol(value, shape, x.dtype);
  },
  Concat: (operands, { axis }, trace) => {
    const xs = Object.values(operands).filter((x) => sizeOf(x.shape) > 0);
    const [first] = Object.values(operands);
    return xs.length === 0 ? first : concat(xs, axisOf(axis, first), trace);
  },
  Pack: (operands, { axis }, trace) => {
    const xs = Object.values(operands);
    const at = (axis as number) < 0 ? (axis as number) + xs[0].shape.length + 1 : (axis as number);
    const shape = [...xs[0].shape];
    shape.splice(at, 0, 1);
    return concat(
      xs.map((x) => reshape(x, shape, trace)),
      at,
      trace,
    );
  },
  Unpack: ({ value }, { axis }, trace) => {
    const at = axisOf(axis, value);
    const shape = withoutAxis(value.shape, at);
    return Array.from({ length: value.shape[at] }, (_, i) => {
      const begin = value.shape.map((_, k) => (k === at ? i : 0));
      const size = value.shape.map((n, k) => (k === at ? 1 : n));
      return reshape(slice(value, begin, size, trace), shape, trace);
    });
  },
  SplitV: ({ x }, { numOrSizeSplits, axis }, trace) => {
    const at = axisOf(axis, x);
    const sizes = tf.backend_util.prepareSplitSize(
      { shape: [...x.shape] } as tf.Tensor,
      numOrSizeSplits as number | number[],
      at,
    );
    const shapes = sizes.map((size) => x.shape.map((n, i) => (i === at ? size : n)));
    if (splatOf(x) !== undefined) return shapes.map((shape) => ({ ...x, shape }));
    return trace.graph
      .ops('Split', [trace.full(x), trace.graph.integers(sizes)], { axis: at }, sizes.length)
      .map((value, i) => valueSymbol(value, shapes[i], x.dtype));
  },
  Tile: ({ x }, { reps }, trace) => {
    const times = reps as number[];
    const shape = x.shape.map((size, i) => size * times[i]);
    if (splatOf(x) !== undefined) return { ...x, shape };
    const value = trace.graph.op('Tile', [trace.full(x), trace.graph.integers(times)]);
    return valueSymbol(value, shape, x.dtype);
  },
  BroadcastTo: ({ x }, { shape }) => ({ ...x, shape: shape as number[] }),
};
