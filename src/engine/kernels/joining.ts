import type { Tensor } from '@tensorflow/tfjs';
import { type Graph, sameShape, sizeOf } from '../graph/graph.ts';
import { tf } from '../tfjs/tf.ts';
import { reshape, withAxis } from './layout.ts';
import {
  axesOf,
  cast,
  full,
  type Inputs,
  type KernelTable,
  type Symbolic,
  splat,
  splatOf,
  symbolic,
} from './symbolic.ts';

export function concat(graph: Graph, parts: readonly Symbolic[], axis: number): Symbolic {
  const shapes = parts.map((part) => [...part.shape]);
  tf.backend_util.assertParamsConsistent(shapes, axis);
  const [{ dtype }] = parts;
  const shape = [...parts[0].shape];
  shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis], 0);
  const filled = parts
    .filter((part) => sizeOf(part.shape) > 0)
    .map((part) => cast(graph, part, dtype));
  if (filled.length === 0) return splat(graph, 0, shape, dtype);
  if (filled.length === 1) return filled[0];
  const values = filled.map((part) => full(graph, part));
  return symbolic(graph.op('Concat', values, shape, dtype, { axis }), shape, dtype);
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

/** Joining and splitting. */
export const joining: KernelTable = {
  Concat: (graph, inputs, { axis }: { axis: number }) => {
    const parts = Object.values(inputs);
    return concat(graph, parts, axesOf(axis, parts[0].shape)[0]);
  },
  SplitV: (graph, { x }, attributes: { numOrSizeSplits: number | number[]; axis: number }) => {
    const [axis] = axesOf(attributes.axis, x.shape);
    const given = attributes.numOrSizeSplits;
    const sizes = tf.backend_util.prepareSplitSize(x as unknown as Tensor, given, axis);
    return split(graph, x, sizes, axis);
  },
  Pack: (graph, inputs, { axis }: { axis: number }) => {
    const parts = Object.values(inputs);
    for (const { shape, dtype } of parts) {
      if (!sameShape(shape, parts[0].shape)) {
        throw new Error(`shapes [${parts[0].shape}] and [${shape}] differ`);
      }
      if (dtype !== parts[0].dtype) {
        throw new Error(`types ${parts[0].dtype} and ${dtype} differ`);
      }
    }
    const at = axis < 0 ? parts[0].shape.length + 1 + axis : axis;
    return concat(
      graph,
      parts.map((part) => reshape(graph, part, withAxis(part.shape, at, 1))),
      at,
    );
  },
  Unpack: unpack,
};
