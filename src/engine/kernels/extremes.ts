import { type Graph, sizeOf } from '../graph/graph.ts';
import { multiply, not, select } from './arithmetic.ts';
import { isNan } from './elementwise.ts';
import { reshape, slice } from './layout.ts';
import { reduce } from './reductions.ts';
import {
  axesOf,
  cast,
  castValue,
  full,
  type Inputs,
  type Kernel,
  type KernelTable,
  type Symbolic,
  splat,
  splatOf,
  symbolic,
} from './symbolic.ts';

type Extreme = 'ReduceMax' | 'ReduceMin';

/** The largest or smallest number along axes; NaN if one of them, or nothing, is there. */
function extreme(
  graph: Graph,
  op: Extreme,
  x: Symbolic,
  axes: readonly number[],
  keepDims?: boolean,
): Symbolic {
  if (x.dtype === 'bool') {
    return cast(graph, extreme(graph, op, cast(graph, x, 'int32'), axes, keepDims), 'bool');
  }
  const reduced = reduce(graph, op, x, axes, keepDims);
  if (axes.some((axis) => x.shape[axis] === 0)) {
    return splat(graph, x.dtype === 'float32' ? NaN : 0, reduced.shape, x.dtype);
  }
  if (x.dtype !== 'float32' || splatOf(reduced) !== undefined || sizeOf(x.shape) === 0) {
    return reduced;
  }
  if (sizeOf(x.shape) === sizeOf(reduced.shape)) return reduced;
  // ONNX Runtime loses a NaN that is not the first number.
  const nans = reduce(graph, 'ReduceMax', cast(graph, isNan(graph, x), 'int32'), axes, keepDims);
  return select(graph, cast(graph, nans, 'bool'), splat(graph, NaN, []), reduced);
}

/** `all` is the minimum of booleans, `any` the maximum. */
function quantifier(op: Extreme): Kernel {
  return (graph, { x }, { axis, keepDims }: { axis?: number | number[]; keepDims?: boolean }) => {
    const axes = axesOf(axis, x.shape);
    const reduced = reduce(graph, op, cast(graph, x, 'int32'), axes, keepDims);
    const isEmpty = axes.some((along) => x.shape[along] === 0);
    if (isEmpty) return splat(graph, op === 'ReduceMin' ? 1 : 0, reduced.shape, 'bool');
    return cast(graph, reduced, 'bool');
  };
}

/** As tfjs's cpu backend, which passes over NaN unless it comes first. */
function argument(op: 'ArgMax' | 'ArgMin'): Kernel {
  return (graph, { x }, { axis }: { axis: number }) => {
    const [along] = axesOf(axis, x.shape);
    const shape = x.shape.filter((_, i) => i !== along);
    if (x.shape[along] === 0) return splat(graph, 0, shape, 'int32');
    const isFloat = x.dtype === 'float32';
    const worst = splat(graph, op === 'ArgMax' ? -Infinity : Infinity, []);
    const missing = isNan(graph, x);
    const comparable = isFloat ? select(graph, missing, worst, x) : cast(graph, x, 'int32');
    const attributes = { axis: along, keepdims: 0 };
    const position = graph.op(op, [full(graph, comparable)], shape, 'int64', attributes);
    const index = symbolic(castValue(graph, position, 'int32'), shape, 'int32');
    if (!isFloat) return index;
    const firstOnly = x.shape.map((size, i) => (i === along ? 1 : size));
    const starts = x.shape.map(() => 0);
    const first = reshape(graph, slice(graph, missing, starts, firstOnly), shape);
    return multiply(graph, index, cast(graph, not(graph, first), 'int32'));
  };
}

/** NaN counts as the largest number. Of equal numbers, those with lower indices come first. */
function topK(graph: Graph, { x }: Inputs, { k }: { k: number; sorted: boolean }): Symbolic[] {
  const shape = [...x.shape.slice(0, -1), k];
  if (sizeOf(shape) === 0)
    return [splat(graph, 0, shape, x.dtype), splat(graph, 0, shape, 'int32')];
  const isFloat = x.dtype === 'float32';
  const largest = splat(graph, Infinity, []);
  const comparable = isFloat ? select(graph, isNan(graph, x), largest, x) : cast(graph, x, 'int32');
  const outputs = [
    { shape, type: comparable.dtype },
    { shape, type: 'int64' as const },
  ];
  const inputs = [full(graph, comparable), graph.ints([k])];
  const attributes = { axis: -1, largest: 1, sorted: 1 };
  const [values, positions] = graph.ops('TopK', inputs, outputs, attributes);
  const indices = symbolic(castValue(graph, positions, 'int32'), shape, 'int32');
  if (!isFloat) return [cast(graph, symbolic(values), x.dtype), indices];
  const picked = graph.op('GatherElements', [full(graph, x), positions], shape, 'float32', {
    axis: x.shape.length - 1,
  });
  return [symbolic(picked), indices];
}

interface ReductionAttributes {
  readonly axis?: number | number[];
  readonly keepDims?: boolean;
}

/** Largest and smallest numbers and their positions. */
export const extremes: KernelTable = {
  Max: (
    graph,
    { x },
    { reductionIndices, keepDims }: { reductionIndices: number | number[]; keepDims?: boolean },
  ) => extreme(graph, 'ReduceMax', x, axesOf(reductionIndices, x.shape), keepDims),
  Min: (graph, { x }, { axis, keepDims }: ReductionAttributes) =>
    extreme(graph, 'ReduceMin', x, axesOf(axis, x.shape), keepDims),
  All: quantifier('ReduceMin'),
  Any: quantifier('ReduceMax'),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  TopK: topK,
};
