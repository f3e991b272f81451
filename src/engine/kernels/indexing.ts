import type { Tensor } from '@tensorflow/tfjs';
import { type Graph, sameShape, sizeOf, type Value } from '../graph/graph.ts';
import { tf } from '../tfjs/tf.ts';
import { clip } from './elementwise.ts';
import { reshape, reshapeValue, slice, transpose } from './layout.ts';
import { checkedPositions } from './positions.ts';
import {
  axesOf,
  cast,
  castValue,
  full,
  type Inputs,
  type KernelTable,
  type Symbolic,
  splat,
  symbolic,
} from './symbolic.ts';

function gather(
  graph: Graph,
  { x, indices }: Inputs,
  { axis, batchDims = 0 }: { axis?: number; batchDims?: number },
): Symbolic {
  const [along] = axesOf(axis ?? 0, x.shape);
  const { collectGatherOpShapeInfo } = tf.backend_util.segment_util;
  const [source, picks] = [x, indices] as unknown as Tensor[];
  collectGatherOpShapeInfo(source, picks, along, batchDims);
  const batchAxes = batchDims < 0 ? indices.shape.length + batchDims : batchDims;
  const shape = [
    ...x.shape.slice(0, along),
    ...indices.shape.slice(batchAxes),
    ...x.shape.slice(along + 1),
  ];
  if (sizeOf(shape) === 0) return splat(graph, 0, shape, x.dtype);
  const positions = checkedPositions(graph, indices, [x.shape[along]]);
  const checked = { ...indices, value: positions };
  if (batchAxes > 0) return gatherBatched(graph, x, checked, along, batchAxes, shape);
  const inputs = [full(graph, x), full(graph, checked)];
  return symbolic(graph.op('Gather', inputs, shape, x.value.type, { axis: along }), shape, x.dtype);
}

/** Gather whose tensor and indices share their first axes. */
function gatherBatched(
  graph: Graph,
  x: Symbolic,
  indices: Symbolic,
  axis: number,
  batchDims: number,
  shape: readonly number[],
): Symbolic {
  // GatherND picks along the first axis after the batch axes: move the wanted one there, and back after.
  const axes = x.shape.map((_, i) => i);
  const between = axes.slice(batchDims, axis);
  const front = [...axes.slice(0, batchDims), axis, ...between, ...axes.slice(axis + 1)];
  const moved = transpose(graph, x, front);
  const picks = reshapeValue(graph, full(graph, indices), [...indices.shape, 1]);
  const inner = moved.shape.slice(batchDims + 1);
  const gathered = symbolic(
    graph.op(
      'GatherND',
      [full(graph, moved), castValue(graph, picks, 'int64')],
      [...indices.shape, ...inner],
      x.value.type,
      { batch_dims: batchDims },
    ),
    [...indices.shape, ...inner],
    x.dtype,
  );
  const own = indices.shape.length - batchDims;
  const order = [
    ...axes.slice(0, batchDims),
    ...between.map((_, i) => batchDims + own + i),
    ...Array.from({ length: own }, (_, i) => batchDims + i),
    ...axes.slice(axis + 1).map((_, i) => batchDims + own + between.length + i),
  ];
  return reshape(graph, transpose(graph, gathered, order), shape);
}

function scatter(
  graph: Graph,
  onto: Value,
  indices: Value,
  updates: Value,
  reduction: 'add' | 'none',
): Value {
  return graph.op(
    'ScatterND',
    [onto, castValue(graph, indices, 'int64'), updates],
    onto.shape,
    onto.type,
    { reduction },
  );
}

/** Sums the rows of each segment; the gradient of gather. Rows whose segment is out of range are dropped. */
function segmentSum(
  graph: Graph,
  { x, segmentIds }: Inputs,
  { numSegments }: { numSegments: number },
): Symbolic {
  const rest = x.shape.slice(segmentIds.shape.length);
  if (!sameShape(x.shape.slice(0, segmentIds.shape.length), segmentIds.shape)) {
    throw new Error(`segment ids [${segmentIds.shape}] do not fit a tensor [${x.shape}]`);
  }
  if (sizeOf(x.shape) === 0) return splat(graph, 0, [numSegments, ...rest], x.dtype);
  const column = reshape(graph, segmentIds, [...segmentIds.shape, 1]);
  if (areInRange(segmentIds, numSegments)) return sumRows(graph, x, column, numSegments, rest);
  // Dropped rows go into one additional row, which costs less than masking `x`. To ONNX, -1 is the last
  // row as well.
  const ids = clip(graph, column, -1, numSegments);
  const sums = sumRows(graph, x, ids, numSegments + 1, rest);
  return slice(
    graph,
    sums,
    sums.shape.map(() => 0),
    [numSegments, ...rest],
  );
}

/** Whether the ids are constants between 0 and `rows`. */
function areInRange({ value: { source } }: Symbolic, rows: number): boolean {
  return source.kind === 'constant' && source.data.every((id) => id >= 0 && id < rows);
}

function sumRows(
  graph: Graph,
  x: Symbolic,
  column: Symbolic,
  count: number,
  rest: readonly number[],
): Symbolic {
  const shape = [count, ...rest];
  const zeros = full(graph, splat(graph, 0, shape, x.dtype));
  return symbolic(
    scatter(graph, zeros, full(graph, column), full(graph, x), 'add'),
    shape,
    x.dtype,
  );
}

function gatherNd(graph: Graph, { params, indices }: Inputs): Symbolic {
  const [source, picks] = [params, indices] as unknown as Tensor[];
  tf.gather_util.prepareAndValidate(source, picks);
  const depth = indices.shape.at(-1) ?? 0;
  const positions = checkedPositions(graph, indices, params.shape.slice(0, depth));
  const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
  const inputs = [full(graph, params), castValue(graph, positions, 'int64')];
  return symbolic(graph.op('GatherND', inputs, shape, params.value.type), shape, params.dtype);
}

/**
 * Writes rows of `updates` into `onto`, a tensor of `shape`.
 *
 * @param reduction `add` to sum rows with the same index; else the last one stays
 */
function scatterRows(
  graph: Graph,
  onto: Symbolic,
  indices: Symbolic,
  updates: Symbolic,
  reduction: 'add' | 'none',
): Symbolic {
  const { shape } = onto;
  const rank = indices.shape.length;
  const depth = rank > 1 ? indices.shape[rank - 1] : 1;
  if (sizeOf(shape) === 0 || sizeOf(updates.shape) === 0) return onto;
  const batch = rank > 1 ? indices.shape.slice(0, -1) : [sizeOf(indices.shape)];
  // ONNX Runtime scatters no booleans.
  const dtype = onto.dtype === 'bool' ? 'int32' : onto.dtype;
  const rows = reshape(graph, cast(graph, updates, dtype), [...batch, ...shape.slice(depth)]);
  const positions = reshape(graph, indices, [...batch, depth]);
  const checked = checkedPositions(graph, positions, shape.slice(0, depth));
  const base = full(graph, cast(graph, onto, dtype));
  const value = scatter(graph, base, checked, full(graph, rows), reduction);
  return cast(graph, symbolic(value, shape, dtype), onto.dtype);
}

function scatterNd(
  graph: Graph,
  { indices, updates }: Inputs,
  { shape }: { shape: number[] },
): Symbolic {
  validateScatter(updates, indices, shape);
  return scatterRows(graph, splat(graph, 0, shape, updates.dtype), indices, updates, 'add');
}

function validateScatter(updates: Symbolic, indices: Symbolic, shape: readonly number[]): void {
  const withRank = (x: Symbolic) => ({ ...x, rank: x.shape.length }) as unknown as Tensor;
  const [rows, positions] = [updates, indices].map(withRank);
  tf.scatter_util.validateInput(rows, positions, [...shape]);
}

function scatterUpdate(graph: Graph, { tensor, indices, updates }: Inputs): Symbolic {
  validateScatter(updates, indices, tensor.shape);
  return scatterRows(graph, tensor, indices, updates, 'none');
}

function sparseToDense(
  graph: Graph,
  { sparseIndices, sparseValues, defaultValue }: Inputs,
  { outputShape }: { outputShape: number[] },
): Symbolic {
  const base = { ...defaultValue, shape: outputShape };
  const count = sparseIndices.shape.length > 0 ? sparseIndices.shape[0] : 1;
  const depth = sparseIndices.shape.length > 1 ? sparseIndices.shape[1] : 1;
  const indices = reshape(graph, sparseIndices, [count, depth]);
  const updates = { ...sparseValues, shape: [count] };
  return scatterRows(graph, base, indices, updates, 'none');
}

/** Reading and writing at computed positions. */
export const indexing: KernelTable = {
  GatherV2: gather,
  GatherNd: gatherNd,
  UnsortedSegmentSum: segmentSum,
  ScatterNd: scatterNd,
  TensorScatterUpdate: scatterUpdate,
  SparseToDense: sparseToDense,
};
