import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs';
import { warnAtModelLine } from '../step/errors.ts';
import { tf } from '../tfjs/tf.ts';
import type { RecordingBackend } from './recording-backend.ts';

/** A kernel's inputs by name, or by position for kernels that take a list. */
export type KernelInputs = Readonly<Record<string, TensorInfo | undefined>>;

/** Ragged kernels have lists among their named inputs. */
type KernelInput = TensorInfo | readonly TensorInfo[] | undefined;

const warned = new Set<string>();

function isHostType(dtype: unknown): boolean {
  return dtype === 'string' || dtype === 'complex64';
}

/** Whether a kernel takes or makes strings or complex numbers, which no graph holds. */
export function usesHostTensors(inputs: KernelInputs, attributes: unknown): boolean {
  const { dtype, value } = (attributes ?? {}) as { dtype?: unknown; value?: unknown };
  return (
    isHostType(dtype) ||
    typeof value === 'string' ||
    Object.values(inputs).some((info) => isHostType(info?.dtype))
  );
}

/** Runs a kernel that only joins, splits or renames strings or complex numbers; else undefined. */
export function runHostKernel(
  backend: RecordingBackend,
  name: string,
  { x, input, real, imag }: KernelInputs,
  attributes: unknown,
): TensorInfo | undefined {
  if (name === 'Complex' && real !== undefined && imag !== undefined) {
    return backend.storeComplex(real, imag);
  }
  if (name === 'Identity' && isHostType(x?.dtype)) return x && backend.share(x, x.shape);
  if (name === 'Reshape' && x !== undefined && isHostType(x.dtype)) {
    const { shape } = attributes as { shape: number[] };
    const size = tf.util.sizeFromShape(x.shape);
    return backend.share(x, tf.util.inferFromImplicitShape(shape, size));
  }
  const parts = name === 'Real' || name === 'Imag' ? backend.partsOf(input) : undefined;
  const part = name === 'Real' ? parts?.real : parts?.imag;
  return part && input && backend.share(part, input.shape);
}

/**
 * Runs a kernel of tfjs's cpu backend at once, on copies of the inputs. A warning says so the first time
 * for each kernel.
 *
 * @throws whatever the kernel throws
 */
export function runOnCpu(
  backend: RecordingBackend,
  kernelName: string,
  inputs: KernelInputs,
  attributes: unknown,
): TensorInfo | TensorInfo[] {
  if (!warned.has(kernelName)) {
    warned.add(kernelName);
    warnAtModelLine(
      `kernel ${kernelName} runs on tfjs's cpu backend: the engine has no such kernel for these tensors`,
    );
  }
  const cpu = tf.findBackend('cpu');
  const used: TensorInfo[] = [];
  const copyIn = (info: KernelInput): KernelInput => {
    if (info === undefined || info === null) return undefined;
    if (isList(info)) return info.map((item) => copyIn(item) as TensorInfo);
    const copy = copyToCpu(cpu, backend, info);
    used.push(copy);
    return copy;
  };
  const copies = Array.isArray(inputs)
    ? inputs.map(copyIn)
    : Object.fromEntries(Object.entries(inputs).map(([name, info]) => [name, copyIn(info)]));
  try {
    const results = runCpuKernel(cpu, kernelName, copies as KernelInputs, attributes);
    const list = Array.isArray(results) ? results : [results];
    used.push(...list);
    const outputs = list.map(({ dataId, shape, dtype }) => ({
      dataId: backend.write(cpu.readSync(dataId), shape, dtype),
      shape,
      dtype,
    }));
    return Array.isArray(results) ? outputs : outputs[0];
  } finally {
    for (const { dataId } of used) cpu.disposeData(dataId, true);
  }
}

function isList(input: TensorInfo | readonly TensorInfo[]): input is readonly TensorInfo[] {
  return Array.isArray(input);
}

function runCpuKernel(
  backend: KernelBackend,
  kernelName: string,
  inputs: KernelInputs,
  attributes: unknown,
): TensorInfo | TensorInfo[] {
  const { kernelFunc } = tf.getKernel(kernelName, 'cpu');
  return kernelFunc({ inputs: inputs as never, attrs: attributes as never, backend });
}

function copyToCpu(
  cpu: KernelBackend,
  from: KernelBackend,
  { dataId, shape, dtype }: TensorInfo,
): TensorInfo {
  const values = from.readSync(dataId);
  // A few kernels read the rank, which tensors have.
  const rank = shape.length;
  if (dtype !== 'complex64') {
    return { dataId: cpu.write(values, shape, dtype), shape, dtype, rank } as TensorInfo;
  }
  // The cpu backend cannot write complex numbers: its own kernel joins their parts.
  const { real, imag } = tf.backend_util.splitRealAndImagArrays(values as Float32Array);
  const [a, b] = [real, imag].map(
    (part): TensorInfo => ({ dataId: cpu.write(part, shape, 'float32'), shape, dtype: 'float32' }),
  );
  const complex = runCpuKernel(cpu, 'Complex', { real: a, imag: b }, {}) as TensorInfo;
  for (const part of [a, b]) cpu.disposeData(part.dataId, true);
  return complex;
}
