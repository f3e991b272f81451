import type { Tensor } from '@tensorflow/tfjs';
import { type Graph, sameShape, sizeOf, type Value } from '../graph/graph.ts';
import { tf } from '../tfjs/tf.ts';
import {
  axesOf,
  full,
  type Inputs,
  type KernelTable,
  type Symbolic,
  splat,
  splatOf,
  symbolic,
} from './symbolic.ts';

export function reshapeValue(graph: Graph, value: Value, shape: readonly number[]): Value {
  if (sameShape(value.shape, shape)) return value;
  // A reshape of a reshape is one reshape of the first tensor.
  const source = value.source;
  const origin =
    source.kind === 'node' && source.node.op === 'Reshape' ? source.node.inputs[0] : undefined;
  if (origin !== undefined) return reshapeValue(graph, origin, shape);
  // Without allowzero, a zero in an ONNX shape means "keep this size".
  const attributes = shape.includes(0) ? { allowzero: 1 } : undefined;
  return graph.op('Reshape', [value, graph.ints(shape)], shape, value.type, attributes);
}

export function reshape(graph: Graph, x: Symbolic, shape: readonly number[]): Symbolic {
  if (sameShape(x.shape, shape)) return x;
  if (sizeOf(x.value.shape) === 1) return { ...x, shape, value: reshapeValue(graph, x.value, []) };
  return symbolic(reshapeValue(graph, full(graph, x), shape), shape, x.dtype);
}

export function transpose(graph: Graph, x: Symbolic, perm: readonly number[]): Symbolic {
  const shape = perm.map((axis) => x.shape[axis]);
  if (perm.every((axis, i) => axis === i)) return x;
  if (splatOf(x) !== undefined) return { ...x, shape };
  // Moving axes of size 1 does not change the order of the elements.
  const moved = perm.filter((axis) => x.shape[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || axis > moved[i - 1])) return reshape(graph, x, shape);
  const value = graph.op('Transpose', [full(graph, x)], shape, x.value.type, { perm: [...perm] });
  return symbolic(value, shape, x.dtype);
}

export function slice(
  graph: Graph,
  x: Symbolic,
  begin: readonly number[],
  size: readonly number[],
): Symbolic {
  if (sameShape(size, x.shape)) return x;
  if (splatOf(x) !== undefined) return { ...x, shape: size };
  const axes = x.shape.flatMap((_, axis) => (size[axis] === x.shape[axis] ? [] : [axis]));
  const starts = axes.map((axis) => begin[axis]);
  const ends = axes.map((axis) => begin[axis] + size[axis]);
  const bounds = [graph.ints(starts), graph.ints(ends), graph.ints(axes)];
  const value = graph.op('Slice', [full(graph, x), ...bounds], size, x.value.type);
  return symbolic(value, size, x.dtype);
}

/** The shape with one more axis. */
export function withAxis(shape: readonly number[], axis: number, size: number): number[] {
  const longer = [...shape];
  longer.splice(axis, 0, size);
  return longer;
}

export function pad(
  graph: Graph,
  { x }: Inputs,
  { paddings, constantValue }: { paddings: [number, number][]; constantValue?: number },
): Symbolic {
  if (paddings.length !== x.shape.length) {
    throw new Error(`${paddings.length} paddings do not fit a tensor of rank ${x.shape.length}`);
  }
  const shape = x.shape.map((size, axis) => size + paddings[axis][0] + paddings[axis][1]);
  if (paddings.flat().some((n) => n < 0))
    throw new Error(`paddings ${paddings.join('; ')} are negative`);
  if (sizeOf(x.shape) === 0) return splat(graph, constantValue ?? 0, shape, x.dtype);
  if (sameShape(shape, x.shape)) return x;
  const number = constantValue ?? 0;
  if (splatOf(x) === number) return { ...x, shape };
  const pads = graph.ints([...paddings.map((p) => p[0]), ...paddings.map((p) => p[1])]);
  const inputs = [full(graph, x), pads, graph.scalar(number, x.value.type)];
  return symbolic(graph.op('Pad', inputs, shape, x.value.type), shape, x.dtype);
}

function mirrorPad(
  graph: Graph,
  { x }: Inputs,
  { paddings, mode }: { paddings: [number, number][]; mode: 'reflect' | 'symmetric' },
): Symbolic {
  const edge = mode === 'reflect' ? 0 : 1;
  return paddings.reduce((result, [before, after], axis) => {
    const size = result.shape[axis];
    const picked = [
      ...Array.from({ length: before }, (_, i) => before - i - edge),
      ...Array.from({ length: size }, (_, i) => i),
      ...Array.from({ length: after }, (_, i) => size - 2 - i + edge),
    ];
    const shape = result.shape.map((old, i) => (i === axis ? picked.length : old));
    const value = graph.op(
      'Gather',
      [full(graph, result), graph.ints(picked)],
      shape,
      x.value.type,
      { axis },
    );
    return symbolic(value, shape, x.dtype);
  }, x);
}

function tile(graph: Graph, { x }: Inputs, { reps }: { reps: number[] }): Symbolic {
  if (reps.some((count) => count < 0)) throw new Error(`repetitions ${reps} are negative`);
  const shape = x.shape.map((size, axis) => size * reps[axis]);
  const isRepeat = x.shape.every((size, axis) => size === 1 || reps[axis] === 1);
  // Repeating axes of size 1 is broadcasting.
  if (isRepeat && sizeOf(shape) > 0) return { ...x, shape };
  return symbolic(
    graph.op('Tile', [full(graph, x), graph.ints(reps)], shape, x.value.type),
    shape,
    x.dtype,
  );
}

/** A slice with a step per axis, which may be negative. */
export function steppedSlice(
  graph: Graph,
  x: Symbolic,
  begin: readonly number[],
  steps: readonly number[],
  shape: readonly number[],
): Symbolic {
  if (sizeOf(shape) === 0 || splatOf(x) !== undefined)
    return slice(
      graph,
      x,
      shape.map(() => 0),
      shape,
    );
  const beforeFirst = -(2 ** 31);
  const ends = begin.map((start, axis) => {
    const end = start + steps[axis] * shape[axis];
    return end < 0 ? beforeFirst : end;
  });
  const axes = shape.map((_, axis) => axis);
  const bounds = [begin, ends, axes, steps].map((list) => graph.ints(list));
  return symbolic(
    graph.op('Slice', [full(graph, x), ...bounds], shape, x.value.type),
    shape,
    x.dtype,
  );
}

interface StridedSlice {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

function stridedSlice(graph: Graph, { x }: Inputs, a: StridedSlice): Symbolic {
  const info = tf.slice_util.sliceInfo(
    [...x.shape],
    a.begin,
    a.end,
    a.strides,
    a.beginMask,
    a.endMask,
    a.ellipsisMask,
    a.newAxisMask,
    a.shrinkAxisMask,
  );
  const picked = info.isIdentity
    ? x
    : steppedSlice(
        graph,
        x,
        info.begin,
        info.strides,
        // A size may be -0.
        tf.slice_util.computeOutShape(info.begin, info.end, info.strides).map((size) => size + 0),
      );
  return reshape(
    graph,
    picked,
    info.finalShape.map((size) => size + 0),
  );
}

function reverse(graph: Graph, { x }: Inputs, { dims }: { dims: number | number[] }): Symbolic {
  const axes = axesOf(dims, x.shape);
  const begin = x.shape.map((size, axis) => (axes.includes(axis) ? size - 1 : 0));
  const steps = x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1));
  return steppedSlice(graph, x, begin, steps, x.shape);
}

/** Reordering, slicing and repeating, without arithmetic. */
export const layout: KernelTable = {
  Reshape: (graph, { x }, { shape }: { shape: number[] }) => {
    const complete = tf.util.inferFromImplicitShape(shape, sizeOf(x.shape));
    if (sizeOf(complete) !== sizeOf(x.shape)) {
      throw new Error(
        `the new shape [${complete}] has ${sizeOf(complete)} elements, the old one ${sizeOf(x.shape)}`,
      );
    }
    return reshape(graph, x, complete);
  },
  ExpandDims: (graph, { input }, { dim }: { dim: number }) => {
    const rank = input.shape.length;
    if (dim < -rank - 1 || dim > rank) {
      throw new Error(`axis ${dim} must be in the interval [${-rank - 1}, ${rank}]`);
    }
    const axis = dim < 0 ? rank + 1 + dim : dim;
    return reshape(graph, input, withAxis(input.shape, axis, 1));
  },
  Transpose: (graph, { x }, { perm }: { perm: number[] }) => transpose(graph, x, perm),
  BroadcastTo: (_graph, { x }, { shape }: { shape: number[] }) => ({ ...x, shape }),
  Slice: (
    graph,
    { x },
    { begin, size }: { begin: number | number[]; size?: number | number[] },
  ) => {
    const tensor = x as unknown as Tensor;
    const given = size as number;
    const [starts, counts] = tf.slice_util.parseSliceParams(tensor, begin, given);
    tf.slice_util.assertParamsValid(tensor, starts, counts);
    const outside = starts.findIndex((start, axis) => start < 0 || counts[axis] < 0);
    if (outside >= 0) {
      throw new Error(
        `begin ${starts[outside]} is outside axis ${outside} of length ${x.shape[outside]}`,
      );
    }
    return slice(graph, x, starts, counts);
  },
  StridedSlice: stridedSlice,
  Reverse: reverse,
  PadV2: pad,
  MirrorPad: mirrorPad,
  Tile: tile,
};
