import type { Graph } from '../graph/graph.ts';
import { multiply } from './arithmetic.ts';
import { reshape, slice } from './layout.ts';
import { full, type Symbolic, splat, symbolic } from './symbolic.ts';

/** More terms than this are summed in blocks: ONNX Runtime adds one after the other. */
const MOST_TERMS = 16_384;
/** Terms of a block. */
const BLOCK = 256;

/**
 * Sums along axes, of at least one element each. The rounding error of n terms grows with log n blocks,
 * not with n (Higham, The Accuracy of Floating Point Summation, 1993).
 */
export function sum(
  graph: Graph,
  x: Symbolic,
  axes: readonly number[],
  shape: readonly number[],
): Symbolic {
  const count = axes.reduce((product, axis) => product * x.shape[axis], 1);
  if (count <= MOST_TERMS || x.dtype !== 'float32') return sumAtOnce(graph, x, axes, shape);
  // One reduced axis after the other, the last one first: its numbers lie next to each other.
  const merged = mergeAxes(x.shape, axes);
  let partial = reshape(graph, x, merged.shape);
  for (const axis of merged.axes.toReversed()) partial = sumAxis(graph, partial, axis);
  return reshape(graph, partial, shape);
}

/** The mean along axes, of at least one element. */
export function mean(
  graph: Graph,
  x: Symbolic,
  axes: readonly number[],
  shape: readonly number[],
): Symbolic {
  const count = axes.reduce((product, axis) => product * x.shape[axis], 1);
  if (count <= MOST_TERMS) return sumAtOnce(graph, x, axes, shape, 'ReduceMean');
  return multiply(graph, sum(graph, x, axes, shape), splat(graph, 1 / count, []));
}

function sumAtOnce(
  graph: Graph,
  x: Symbolic,
  axes: readonly number[],
  shape: readonly number[],
  op: 'ReduceSum' | 'ReduceMean' = 'ReduceSum',
): Symbolic {
  const keepdims = shape.length === x.shape.length ? 1 : 0;
  const value = graph.op(op, [full(graph, x), graph.ints(axes)], shape, x.dtype, { keepdims });
  return symbolic(value, shape, x.dtype);
}

/** Sums one axis in blocks and keeps it with size 1. */
function sumAxis(graph: Graph, x: Symbolic, axis: number): Symbolic {
  const length = x.shape[axis];
  const withLength = (size: number) => x.shape.map((old, i) => (i === axis ? size : old));
  if (length <= BLOCK) return sumAtOnce(graph, x, [axis], withLength(1));
  const blocks = Math.floor(length / BLOCK);
  const whole = blocks * BLOCK;
  const starts = x.shape.map(() => 0);
  const body = whole === length ? x : slice(graph, x, starts, withLength(whole));
  const cut = [...x.shape.slice(0, axis), blocks, BLOCK, ...x.shape.slice(axis + 1)];
  const sums = sumAtOnce(graph, reshape(graph, body, cut), [axis + 1], withLength(blocks));
  const total = sumAxis(graph, sums, axis);
  if (whole === length) return total;
  const from = x.shape.map((_, i) => (i === axis ? whole : 0));
  const rest = slice(graph, x, from, withLength(length - whole));
  const value = graph.op(
    'Add',
    [full(graph, total), full(graph, sumAtOnce(graph, rest, [axis], withLength(1)))],
    withLength(1),
    x.dtype,
  );
  return symbolic(value);
}

/** Neighbouring axes of the same kind, reduced or not, as one. */
function mergeAxes(
  shape: readonly number[],
  axes: readonly number[],
): { readonly shape: number[]; readonly axes: number[] } {
  const merged: { size: number; isReduced: boolean }[] = [];
  for (const [axis, size] of shape.entries()) {
    const isReduced = axes.includes(axis);
    const last = merged.at(-1);
    if (last?.isReduced === isReduced) last.size *= size;
    else merged.push({ size, isReduced });
  }
  return {
    shape: merged.map(({ size }) => size),
    axes: merged.flatMap(({ isReduced }, i) => (isReduced ? [i] : [])),
  };
}
