import { type Graph, sizeOf } from '../graph/graph.ts';
import { multiply } from './arithmetic.ts';
import { reshape } from './layout.ts';
import { mean, sum } from './sums.ts';
import {
  axesOf,
  cast,
  full,
  type Inputs,
  type Kernel,
  type KernelTable,
  type Symbolic,
  splat,
  splatOf,
  symbolic,
} from './symbolic.ts';

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd';

interface ReductionAttributes {
  readonly axis?: number | number[];
  readonly keepDims?: boolean;
}

export function reduce(
  graph: Graph,
  op: Reduction,
  x: Symbolic,
  axes: readonly number[],
  keepDims = false,
): Symbolic {
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const shape = keepDims ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  const count = axes.reduce((product, axis) => product * x.shape[axis], 1);
  if (count === 1) return reshape(graph, x, shape);
  const number = splatOf(x);
  if (count === 0) return splat(graph, op === 'ReduceProd' ? 1 : 0, shape, x.dtype);
  if (number !== undefined) {
    const reduced =
      op === 'ReduceSum' ? number * count : op === 'ReduceProd' ? number ** count : number;
    return splat(graph, reduced, shape, x.dtype);
  }
  const broadcast = reduceBroadcast(graph, op, x, axes);
  if (broadcast !== undefined) return reshape(graph, broadcast, shape);
  if (op === 'ReduceSum') return sum(graph, x, axes, shape);
  if (op === 'ReduceMean') return mean(graph, x, axes, shape);
  const inputs = [full(graph, x), graph.ints(axes)];
  const value = graph.op(op, inputs, shape, x.dtype, { keepdims: keepDims ? 1 : 0 });
  return symbolic(value, shape, x.dtype);
}

/**
 * Reduces a tensor whose stored value broadcasts to its shape: axes that it only repeats along need no
 * work, except a factor for sums. The result keeps reduced axes with size 1.
 */
function reduceBroadcast(
  graph: Graph,
  op: Reduction,
  x: Symbolic,
  axes: readonly number[],
): Symbolic | undefined {
  const offset = x.shape.length - x.value.shape.length;
  const isRepeated = (axis: number) =>
    axis < offset || x.value.shape[axis - offset] !== x.shape[axis];
  const repeated = axes.filter(isRepeated);
  if (repeated.length === 0 || op === 'ReduceProd' || sizeOf(x.shape) === 0) return undefined;
  const factor = repeated.reduce((product, axis) => product * x.shape[axis], 1);
  const stored = x.shape.map((size, axis) => (repeated.includes(axis) ? 1 : size));
  const rest = axes.filter((axis) => !isRepeated(axis));
  const reduced = reduce(graph, op, { ...x, shape: stored }, rest, true);
  return op === 'ReduceSum' ? multiply(graph, reduced, splat(graph, factor, [], x.dtype)) : reduced;
}

function reduction(op: Reduction): Kernel {
  return (graph, { x }, { axis, keepDims }: ReductionAttributes) => {
    const number = x.dtype === 'bool' ? cast(graph, x, 'int32') : x;
    return reduce(graph, op, number, axesOf(axis, x.shape), keepDims);
  };
}

function meanOf(graph: Graph, { x }: Inputs, { axis, keepDims }: ReductionAttributes): Symbolic {
  return reduce(graph, 'ReduceMean', cast(graph, x, 'float32'), axesOf(axis, x.shape), keepDims);
}

interface Cumulative {
  readonly axis: number;
  readonly exclusive?: boolean;
  readonly reverse?: boolean;
}

function cumulativeSum(
  graph: Graph,
  { x }: Inputs,
  { axis, exclusive, reverse }: Cumulative,
): Symbolic {
  const [along] = axesOf(axis, x.shape);
  const attributes = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
  const number = x.dtype === 'bool' ? cast(graph, x, 'int32') : x;
  const inputs = [full(graph, number), graph.scalar(along, 'int64')];
  const value = graph.op('CumSum', inputs, x.shape, number.dtype, attributes);
  return symbolic(value, x.shape, number.dtype);
}

/** ONNX has no cumulative product: this doubles the window log2(n) times (Hillis and Steele, 1986). */
function cumulativeProduct(
  graph: Graph,
  { x }: Inputs,
  { axis, exclusive, reverse }: Cumulative,
): Symbolic {
  const [along] = axesOf(axis, x.shape);
  const length = x.shape[along];
  const shifted = (y: Symbolic, by: number): Symbolic => {
    // Shifts along the axis and fills with ones.
    const move = x.shape.map((_, i) => (i === along ? by : 0));
    const back = move.map((n) => -n);
    const pads = reverse ? [...back, ...move] : [...move, ...back];
    const inputs = [full(graph, y), graph.ints(pads), graph.scalar(1, y.value.type)];
    return symbolic(graph.op('Pad', inputs, x.shape, y.value.type), x.shape, x.dtype);
  };
  let product = exclusive ? shifted(x, 1) : x;
  for (let window = 1; window < length; window *= 2) {
    product = multiply(graph, product, shifted(product, window));
  }
  return product;
}

function softmax(graph: Graph, { logits }: Inputs, { dim }: { dim: number }): Symbolic {
  const [axis] = axesOf(dim, logits.shape);
  const { shape } = logits;
  const value = graph.op(
    'Softmax',
    [full(graph, cast(graph, logits, 'float32'))],
    shape,
    'float32',
    { axis },
  );
  return symbolic(value);
}

function logSoftmax(graph: Graph, { logits }: Inputs, { axis }: { axis: number }): Symbolic {
  const [along] = axesOf(axis, logits.shape);
  const inputs = [full(graph, cast(graph, logits, 'float32'))];
  return symbolic(graph.op('LogSoftmax', inputs, logits.shape, 'float32', { axis: along }));
}

/** The engine's own kernel, for `ops/layer-norm.ts`. */
function layerNorm(graph: Graph, { x }: Inputs, { epsilon }: { epsilon: number }): Symbolic[] {
  const width = x.shape[x.shape.length - 1];
  const gain = graph.constant(new Float32Array(width).fill(1), [width], 'float32');
  const kept = [...x.shape.slice(0, -1), 1];
  const outputs = [x.shape, kept, kept].map((shape) => ({ shape, type: 'float32' as const }));
  const attributes = { axis: -1, epsilon: { float: epsilon } };
  const inputs = [full(graph, cast(graph, x, 'float32')), gain];
  const [normal, , scale] = graph.ops('LayerNormalization', inputs, outputs, attributes);
  return [symbolic(normal), symbolic(scale)];
}

/** Sums, cumulative sums, softmax and layer norm. */
export const reductions: KernelTable = {
  Sum: reduction('ReduceSum'),
  Prod: reduction('ReduceProd'),
  Mean: meanOf,
  Cumsum: cumulativeSum,
  Cumprod: cumulativeProduct,
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  LayerNorm: layerNorm,
};
