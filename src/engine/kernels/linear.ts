import { MICROSOFT } from '../graph.ts';
import { broadcast, type SymbolicTensor, sizeOf, type Trace, valueSymbol } from '../symbol.ts';
import * as tf from '../tf.ts';
import { cast } from './elementwise.ts';
import type { Kernels } from './kernel.ts';
import { reshape } from './shape.ts';

function matMul(
  a: SymbolicTensor,
  b: SymbolicTensor,
  transA: boolean,
  transB: boolean,
  trace: Trace,
): SymbolicTensor {
  const rows = a.shape.at(transA ? -1 : -2) ?? 1;
  const columns = b.shape.at(transB ? -2 : -1) ?? 1;
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const value = trace.graph.op(
    'FusedMatMul',
    [trace.full(a), trace.full(b)],
    { transA: transA ? 1 : 0, transB: transB ? 1 : 0 },
    MICROSOFT,
  );
  return valueSymbol(value, [...batch, rows, columns]);
}

export const linear: Kernels = {
  BatchMatMul: ({ a, b }, { transposeA, transposeB }, trace) =>
    matMul(a, b, Boolean(transposeA), Boolean(transposeB), trace),
  GatherV2: ({ x, indices }, { axis }, trace) => {
    const at = tf.util.parseAxisParam((axis as number | undefined) ?? 0, [...x.shape])[0];
    const value = trace.graph.op('Gather', [trace.full(x), trace.full(indices)], { axis: at });
    const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
    return valueSymbol(value, shape, x.dtype);
  },
  // The gradient of a gather. Adding rows in place is 25 times faster than multiplying by one-hots.
  UnsortedSegmentSum: ({ x, segmentIds }, { numSegments }, trace) => {
    const { graph } = trace;
    const shape = [numSegments as number, ...x.shape.slice(segmentIds.shape.length)];
    const rows = [sizeOf(segmentIds.shape), ...shape.slice(1)];
    const zeros = graph.op('ConstantOfShape', [graph.integers(shape)]);
    const ids = graph.op('Cast', [trace.full(reshape(segmentIds, [rows[0], 1], trace))], { to: 7 });
    const value = graph.op('ScatterND', [zeros, ids, trace.full(reshape(x, rows, trace))], {
      reduction: 'add',
    });
    return valueSymbol(value, shape, x.dtype);
  },
  OneHot: ({ indices }, { depth, onValue, offValue }, trace) => {
    const { graph } = trace;
    const value = graph.op(
      'OneHot',
      [
        trace.full(cast(indices, 'int32', trace)),
        graph.constant(Int32Array.of(depth as number), [1], 'int32'),
        graph.constant(Float32Array.of(offValue as number, onValue as number), [2], 'float32'),
      ],
      { axis: -1 },
    );
    return valueSymbol(value, [...indices.shape, depth as number]);
  },
};
