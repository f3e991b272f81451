import { dataOf, type Graph, sizeOf } from '../graph/graph.ts';
import type { DType } from '../step/step.ts';
import { compare, select } from './arithmetic.ts';
import { toInteger } from './elementwise.ts';
import { cast, type Inputs, type KernelTable, type Symbolic, splat, symbolic } from './symbolic.ts';

function fill(
  graph: Graph,
  _inputs: Inputs,
  { shape, value, dtype }: { shape: number[]; value: number; dtype?: DType },
): Symbolic {
  return splat(graph, value, shape, dtype ?? 'float32');
}

function range(
  graph: Graph,
  _inputs: Inputs,
  { start, stop, step, dtype }: { start: number; stop: number; step: number; dtype?: DType },
): Symbolic {
  // tfjs counts down by itself if no other step is given.
  const by = stop < start && step === 1 ? -1 : step;
  const length = Math.max(0, Math.ceil((stop - start) / by)) || 0;
  const values = Array.from({ length }, (_, i) => start + i * by);
  const type = dtype ?? 'float32';
  return symbolic(graph.constant(dataOf(values, type), [length], type), [length], type);
}

function linSpace(
  graph: Graph,
  _inputs: Inputs,
  { start, stop, num }: { start: number; stop: number; num: number },
): Symbolic {
  const step = num > 1 ? (stop - start) / (num - 1) : 0;
  const values = Array.from({ length: num }, (_, i) => start + i * step);
  return symbolic(graph.constant(dataOf(values, 'float32'), [num], 'float32'));
}

function oneHot(
  graph: Graph,
  { indices }: Inputs,
  {
    depth,
    onValue,
    offValue,
    dtype,
  }: { depth: number; onValue: number; offValue: number; dtype?: DType },
): Symbolic {
  const positions = graph.constant(dataOf([...Array(depth).keys()], 'int32'), [depth], 'int32');
  const column = [...indices.value.shape, 1];
  const index = graph.op('Reshape', [indices.value, graph.ints(column)], column, 'int32');
  const hot = compare(graph, 'Equal', symbolic(index, [...indices.shape, 1]), symbolic(positions));
  const type = dtype ?? 'float32';
  if (onValue === 1 && offValue === 0) return cast(graph, hot, type);
  return select(graph, hot, splat(graph, onValue, [], type), splat(graph, offValue, [], type));
}

function diagonal(graph: Graph, { x }: Inputs): Symbolic {
  const size = sizeOf(x.shape);
  const identity = new Uint8Array(size * size);
  for (let i = 0; i < size; i++) identity[i * size + i] = 1;
  const mask = symbolic(graph.constant(identity, [...x.shape, ...x.shape], 'bool'));
  return select(graph, mask, x, splat(graph, 0, [], x.dtype));
}

/** Tensors made of shapes and numbers alone, copies and casts. */
export const creation: KernelTable = {
  Fill: fill,
  ZerosLike: (graph, { x }) => splat(graph, 0, x.shape, x.dtype),
  OnesLike: (graph, { x }) => splat(graph, 1, x.shape, x.dtype),
  Range: range,
  LinSpace: linSpace,
  OneHot: oneHot,
  Diag: diagonal,
  Identity: (_graph, { x }) => ({ ...x }),
  Cast: (graph, { x }, { dtype }: { dtype: DType }) =>
    dtype === 'int32' ? toInteger(graph, x) : cast(graph, x, dtype),
};
