import type { TensorInfo } from '@tensorflow/tfjs';
import { type ConstantData, sameShape, sizeOf } from '../graph/graph.ts';
import type { Symbolic } from '../kernels/symbolic.ts';
import { tf } from '../tfjs/tf.ts';
import type { KernelInputs } from './cpu-fallback.ts';
import type { RecordingBackend } from './recording-backend.ts';

type HostKernel = (
  inputs: readonly Symbolic[],
  attributes: never,
) => { readonly shape: number[]; readonly data: ConstantData } | undefined;

/** Rows of a tensor, one after the other. */
function sliceRows(
  [x]: readonly Symbolic[],
  { begin, size }: { begin: number | number[]; size?: number | number[] },
): ReturnType<HostKernel> {
  const data = dataIn(x);
  if (data === undefined || x.shape.length === 0) return undefined;
  const [starts, counts] = tf.slice_util.parseSliceParams(x as never, begin, size as number);
  if (!sameShape(counts.slice(1), x.shape.slice(1))) return undefined;
  const [start, count] = [starts[0], counts[0]];
  // The kernel says what is wrong.
  if (!(start >= 0 && count > 0 && start + count <= x.shape[0])) return undefined;
  const row = sizeOf(x.shape.slice(1));
  return { shape: counts, data: data.slice(start * row, (start + count) * row) };
}

/** Rows of a tensor at computed positions. */
function gatherRows(
  [x, indices]: readonly Symbolic[],
  { axis, batchDims = 0 }: { axis: number; batchDims?: number },
): ReturnType<HostKernel> {
  const [data, positions] = [dataIn(x), dataIn(indices)];
  if (data === undefined || positions === undefined || axis !== 0 || batchDims !== 0) {
    return undefined;
  }
  if (indices.dtype !== 'int32' || x.shape.length === 0) return undefined;
  const row = sizeOf(x.shape.slice(1));
  const count = positions.length;
  const result = new (data.constructor as Float32ArrayConstructor)(count * row);
  for (let i = 0; i < count; i++) {
    const position = Number(positions[i]);
    if (!(position >= 0 && position < x.shape[0])) return undefined;
    copyRow(data as Float32Array, position * row, result, i * row, row);
  }
  return { shape: [...indices.shape, ...x.shape.slice(1)], data: result };
}

/** A call of `set` takes as long as some sixteen assignments. */
const SHORT_ROW = 16;

function copyRow(
  from: Float32Array,
  start: number,
  to: Float32Array,
  at: number,
  length: number,
): void {
  if (length > SHORT_ROW) to.set(from.subarray(start, start + length), at);
  else for (let i = 0; i < length; i++) to[at + i] = from[start + i];
}

/** The numbers of a tensor that is computed already. */
function dataIn({ value, shape }: Symbolic): ConstantData | undefined {
  return value.source.kind === 'constant' && sameShape(value.shape, shape)
    ? value.source.data
    : undefined;
}

const KERNELS: Readonly<Record<string, { inputs: readonly string[]; run: HostKernel }>> = {
  Slice: { inputs: ['x'], run: sliceRows },
  GatherV2: { inputs: ['x', 'indices'], run: gatherRows },
};

/**
 * Copies rows of tensors that are computed already, at once: what a training loop does to take a batch, for
 * which a graph would be run otherwise.
 */
export function runOnHost(
  backend: RecordingBackend,
  name: string,
  inputs: KernelInputs,
  attributes: unknown,
): TensorInfo | undefined {
  const kernel = KERNELS[name];
  if (kernel === undefined || backend.isTracing) return undefined;
  const symbols = kernel.inputs.map((key) => backend.symbolOf(inputs[key] as TensorInfo));
  const result = kernel.run(symbols, attributes as never);
  if (result === undefined) return undefined;
  const [{ dtype, value }] = symbols;
  const { shape, data } = result;
  return backend.store({ shape, dtype, value: backend.graph.computed(data, shape, value.type) });
}
