import { type Graph, sizeOf } from '../graph/graph.ts';
import { reshape, withAxis } from './layout.ts';
import {
  axesOf,
  full,
  type Inputs,
  type KernelTable,
  type Symbolic,
  splatOf,
  symbolic,
} from './symbolic.ts';

function concat(graph: Graph, parts: readonly Symbolic[], axis: number): Symbolic {
  const shape = [...parts[0].shape];
  shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis], 0);
  const filled = parts.filter((part) => sizeOf(part.shape) > 0);
  if (filled.length === 1) return filled[0];
  const values = (filled.length === 0 ? parts : filled).map((part) => full(graph, part));
  return symbolic(
    graph.op('Concat', values, shape, parts[0].value.type, { axis }),
    shape,
    parts[0].dtype,
  );
}

function split(graph: Graph, x: Symbolic, sizes: readonly number[], axis: number): Symbolic[] {
  const outputs = sizes.map((size) => ({
    shape: x.shape.map((old, i) => (i === axis ? size : old)),
    type: x.value.type,
  }));
  if (splatOf(x) !== undefined) return outputs.map(({ shape }) => ({ ...x, shape }));
  const values = graph.ops('Split', [full(graph, x), graph.ints(sizes)], outputs, { axis });
  return values.map((value) => symbolic(value, value.shape, x.dtype));
}

function unpack(graph: Graph, { value: x }: Inputs, { axis }: { axis: number }): Symbolic[] {
  const [along] = axesOf(axis, x.shape);
  const shape = x.shape.filter((_, i) => i !== along);
  const parts = split(graph, x, Array(x.shape[along]).fill(1), along);
  return parts.map((part) => reshape(graph, part, shape));
}

/** Sizes of a split; the one given as -1 takes what the others leave. */
function completed(sizes: readonly number[], total: number): number[] {
  const known = sizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  return sizes.map((size) => (size === -1 ? total - known : size));
}

/** Joining and splitting. */
export const joining: KernelTable = {
  Concat: (graph, inputs, { axis }: { axis: number }) => {
    const parts = Object.values(inputs);
    return concat(graph, parts, axesOf(axis, parts[0].shape)[0]);
  },
  SplitV: (graph, { x }, attributes: { numOrSizeSplits: number | number[]; axis: number }) => {
    const [axis] = axesOf(attributes.axis, x.shape);
    const parts = attributes.numOrSizeSplits;
    const even = (count: number): number[] => Array(count).fill(x.shape[axis] / count);
    return split(
      graph,
      x,
      typeof parts === 'number' ? even(parts) : completed(parts, x.shape[axis]),
      axis,
    );
  },
  Pack: (graph, inputs, { axis }: { axis: number }) => {
    const parts = Object.values(inputs);
    const at = axis < 0 ? parts[0].shape.length + 1 + axis : axis;
    return concat(
      graph,
      parts.map((part) => reshape(graph, part, withAxis(part.shape, at, 1))),
      at,
    );
  },
  Unpack: unpack,
};
