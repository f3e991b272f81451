import { type Graph, sizeOf, type Value } from '../graph/graph.ts';
import { clip } from './elementwise.ts';
import { reshape, reshapeValue, slice, transpose } from './layout.ts';
import {
  axesOf,
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
  const shape = [
    ...x.shape.slice(0, along),
    ...indices.shape.slice(batchDims),
    ...x.shape.slice(along + 1),
  ];
  if (batchDims > 0) return gatherBatched(graph, x, indices, along, batchDims, shape);
  const inputs = [full(graph, x), full(graph, indices)];
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
  const depth = indices.shape.at(-1) ?? 0;
  const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
  const inputs = [full(graph, params), castValue(graph, full(graph, indices), 'int64')];
  return symbolic(graph.op('GatherND', inputs, shape, params.value.type), shape, params.dtype);
}

function scatterNd(
  graph: Graph,
  { indices, updates }: Inputs,
  { shape }: { shape: number[] },
): Symbolic {
  const zeros = full(graph, splat(graph, 0, shape, updates.dtype));
  const value = scatter(graph, zeros, full(graph, indices), full(graph, updates), 'add');
  return symbolic(value, shape, updates.dtype);
}

function scatterUpdate(graph: Graph, { tensor, indices, updates }: Inputs): Symbolic {
  const value = scatter(
    graph,
    full(graph, tensor),
    full(graph, indices),
    full(graph, updates),
    'none',
  );
  return symbolic(value, tensor.shape, tensor.dtype);
}

function sparseToDense(
  graph: Graph,
  { sparseIndices, sparseValues, defaultValue }: Inputs,
  { outputShape }: { outputShape: number[] },
): Symbolic {
  const base = full(graph, { ...defaultValue, shape: outputShape });
  const count = sparseIndices.shape.length > 0 ? sparseIndices.shape[0] : 1;
  const depth = sparseIndices.shape.length > 1 ? sparseIndices.shape[1] : 1;
  const indices = reshapeValue(graph, full(graph, sparseIndices), [count, depth]);
  const updates = full(graph, {
    ...reshape(graph, sparseValues, sparseValues.shape),
    shape: [count],
  });
  return symbolic(scatter(graph, base, indices, updates, 'none'), outputShape, defaultValue.dtype);
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
