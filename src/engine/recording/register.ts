import type { TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../graph/graph.ts';
import { compiledOnly } from '../kernels/compiled-only.ts';
import {
  type Inputs,
  type Kernel,
  type KernelTable,
  type Symbolic,
  splat,
} from '../kernels/symbolic.ts';
import { kernels } from '../kernels/table.ts';
import { EngineError, messageOf, withDeepStacks } from '../step/errors.ts';
import { explainOpError, missingKernelMessage } from '../tfjs/op-errors.ts';
import { tf } from '../tfjs/tf.ts';
import { type KernelInputs, runHostKernel, runOnCpu, usesHostTensors } from './cpu-fallback.ts';
import { runOnHost } from './host-kernels.ts';
import { RecordingBackend } from './recording-backend.ts';

/** Name under which the engine registers itself with tfjs. */
export const BACKEND_NAME = 'onnxruntime';

/** Kernels whose result has the data of this input, perhaps in another shape or type. */
const SHARING: Readonly<Record<string, string>> = {
  Identity: 'x',
  Reshape: 'x',
  ExpandDims: 'input',
  Cast: 'x',
};

/** Runs a kernel on symbolic tensors. Its errors name the kernel and its inputs. */
function recordKernel(
  backend: RecordingBackend,
  name: string,
  kernel: Kernel,
  inputs: KernelInputs,
  attributes: unknown,
): TensorInfo | TensorInfo[] {
  backend.computeIfMany();
  const symbols: Record<string, Symbolic> = {};
  for (const [key, info] of Object.entries(inputs)) {
    if (info !== undefined && info !== null) symbols[key] = backend.symbolOf(info);
  }
  const shared = SHARING[name];
  const takesStack = backend.isTracing ? backend.recordsModelLines : mayFailLater(name, symbols);
  const call = takesStack ? withDeepStacks(() => new Error()) : undefined;
  backend.graph.origin = { kernel: name, call };
  try {
    const outputs = kernel(backend.graph, symbols, (attributes ?? {}) as never);
    // Nothing is computed for an empty tensor: some of ONNX Runtime's operations divide by its size.
    const withoutNodes = (x: Symbolic): Symbolic =>
      sizeOf(x.shape) === 0 ? splat(backend.graph, 0, x.shape, x.dtype) : x;
    if (Array.isArray(outputs)) return outputs.map((x) => backend.store(withoutNodes(x)));
    const output = withoutNodes(outputs as Symbolic);
    const origin = shared === undefined ? undefined : inputs[shared];
    return origin?.dtype === output.dtype
      ? backend.share(origin, output.shape)
      : backend.store(output);
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const message = `kernel ${name} of ${describeInputs(symbols)}: ${messageOf(cause)}`;
    throw new EngineError(message, { cause });
  } finally {
    backend.graph.origin = undefined;
  }
}

/** Kernels whose result depends on positions. */
const POSITIONED = /Gather|Scatter|Sparse|Segment/;
const DIVIDING = /Div|Mod/;

/**
 * Whether a run may fail although the call succeeded: because of positions out of bounds, or of a division
 * of integers by zero. Only these keep the line that called them, as a stack takes longer than the rest of a
 * recording.
 */
function mayFailLater(name: string, inputs: Inputs): boolean {
  if (POSITIONED.test(name)) return true;
  return DIVIDING.test(name) && Object.values(inputs).every(({ dtype }) => dtype !== 'float32');
}

function describeInputs(inputs: Inputs): string {
  return Object.entries(inputs)
    .map(([name, x]) => `${name}: ${x.dtype}[${x.shape}]`)
    .join(', ');
}

let instance: RecordingBackend | undefined;

/** The engine's backend. The first call registers it with tfjs. */
export function recordingBackend(): RecordingBackend {
  if (instance !== undefined) return instance;
  const backend = new RecordingBackend();
  instance = backend;
  // A priority below tfjs's own backends: it is chosen by name, never by default.
  tf.registerBackend(BACKEND_NAME, () => backend, 0);
  registerKernels(kernels);
  for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
    if (!(kernelName in kernels)) register(kernelName, undefined);
  }
  return backend;
}

/** Adds kernels to the backend, tfjs's or the engine's own. */
export function registerKernels(table: KernelTable): void {
  for (const [kernelName, kernel] of Object.entries(table)) register(kernelName, kernel);
}

/** @param kernel undefined for a kernel that tfjs has and the engine lacks */
function register(kernelName: string, kernel: Kernel | undefined): void {
  tf.registerKernel({
    kernelName,
    backendName: BACKEND_NAME,
    kernelFunc: ({ inputs, attrs }) => runKernel(kernelName, kernel, inputs, attrs),
  });
}

/** Records a kernel of the engine; computes any other, and all on strings and complex numbers, at once. */
function runKernel(
  name: string,
  kernel: Kernel | undefined,
  inputs: KernelInputs,
  attributes: unknown,
): TensorInfo | TensorInfo[] {
  const backend = recordingBackend();
  const known = runHostKernel(backend, name, inputs, attributes);
  if (known !== undefined) return known;
  const isGraphical = !usesHostTensors(inputs, attributes);
  const copied = isGraphical ? runOnHost(backend, name, inputs, attributes) : undefined;
  if (copied !== undefined) return copied;
  if (kernel !== undefined && isGraphical) {
    return runOp(() => recordKernel(backend, name, kernel, inputs, attributes));
  }
  if (!backend.isTracing) return runOnCpu(backend, name, inputs, attributes);
  const compiled = isGraphical ? compiledOnly[name] : undefined;
  if (compiled !== undefined) return recordKernel(backend, name, compiled, inputs, attributes);
  return runOp(() => {
    throw new Error(missingKernelMessage(name, BACKEND_NAME));
  });
}

/** Runs one op. Its errors name the model line, to which `trace` sees inside a trace. */
function runOp<T>(f: () => T): T {
  if (recordingBackend().isTracing) return f();
  return withDeepStacks(() => {
    try {
      return f();
    } catch (cause) {
      throw explainOpError(cause);
    }
  });
}
