import type { TensorInfo } from '@tensorflow/tfjs';
import type { Inputs, Kernel, KernelTable, Symbolic } from '../kernels/symbolic.ts';
import { kernels } from '../kernels/table.ts';
import { EngineError, messageOf, withDeepStacks } from '../step/errors.ts';
import { explainOpError, missingKernelMessage } from '../tfjs/op-errors.ts';
import { tf } from '../tfjs/tf.ts';
import { RecordingBackend } from './recording-backend.ts';

/** Name under which the engine registers itself with tfjs. */
export const BACKEND_NAME = 'onnxruntime';

/** Runs a kernel on symbolic tensors. Its errors name the kernel and its inputs. */
function recordKernel(
  backend: RecordingBackend,
  name: string,
  kernel: Kernel,
  inputs: Readonly<Record<string, TensorInfo | undefined>>,
  attributes: unknown,
): TensorInfo | TensorInfo[] {
  backend.computeIfMany();
  const symbols: Record<string, Symbolic> = {};
  for (const [key, info] of Object.entries(inputs)) {
    if (info !== undefined && info !== null) symbols[key] = backend.symbolOf(info);
  }
  const takesStack = !backend.isTracing || backend.recordsModelLines;
  const call = takesStack ? withDeepStacks(() => new Error()) : undefined;
  backend.graph.origin = { kernel: name, call };
  try {
    const outputs = kernel(backend.graph, symbols, (attributes ?? {}) as never);
    return Array.isArray(outputs)
      ? outputs.map((x: Symbolic) => backend.store(x))
      : backend.store(outputs as Symbolic);
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const message = `kernel ${name} of ${describeInputs(symbols)}: ${messageOf(cause)}`;
    throw new EngineError(message, { cause });
  } finally {
    backend.graph.origin = undefined;
  }
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
  registerMissingKernels();
  return backend;
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

/** Makes kernels that tfjs has and the engine lacks fail with their name and the op that needs them. */
function registerMissingKernels(): void {
  for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
    if (kernelName in kernels) continue;
    tf.registerKernel({
      kernelName,
      backendName: BACKEND_NAME,
      kernelFunc: () =>
        runOp(() => {
          throw new Error(missingKernelMessage(kernelName, BACKEND_NAME));
        }),
    });
  }
}

/** Adds kernels to the backend, tfjs's or the engine's own. */
export function registerKernels(table: KernelTable): void {
  for (const [kernelName, kernel] of Object.entries(table)) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND_NAME,
      kernelFunc: ({ inputs, attrs }) =>
        runOp(() => recordKernel(recordingBackend(), kernelName, kernel, inputs, attrs)),
    });
  }
}
