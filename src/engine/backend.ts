import type { TensorInfo } from '@tensorflow/tfjs';
import { EngineError, explained, withDeepStacks } from './errors.ts';
import { kernels } from './kernels/table.ts';
import { RecordingBackend } from './recording.ts';
import type { Inputs, Kernel, KernelTable, Symbolic } from './symbolic.ts';
import { tf } from './tf.ts';

/** Name under which the engine registers itself with tfjs. */
export const BACKEND_NAME = 'onnxruntime';

/** Runs a kernel on symbolic tensors; its errors say which kernel, on what. */
const applyKernel = (
  backend: RecordingBackend,
  name: string,
  kernel: Kernel,
  inputs: Readonly<Record<string, TensorInfo | undefined>>,
  attributes: unknown,
): TensorInfo | TensorInfo[] => {
  backend.computeIfMany();
  const symbols: Record<string, Symbolic> = {};
  for (const [key, info] of Object.entries(inputs)) {
    if (info !== undefined && info !== null) symbols[key] = backend.symbolOf(info);
  }
  const isPlaced = !backend.isTracing || backend.keepsPlaces;
  const place = isPlaced ? withDeepStacks(() => new Error()) : undefined;
  backend.graph.origin = { kernel: name, place };
  try {
    const made = kernel(backend.graph, symbols, (attributes ?? {}) as never);
    return Array.isArray(made)
      ? made.map((x: Symbolic) => backend.keep(x))
      : backend.keep(made as Symbolic);
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(`kernel ${name} of ${describe(symbols)}: ${why}`, { cause });
  } finally {
    backend.graph.origin = undefined;
  }
};

const describe = (inputs: Inputs): string =>
  Object.entries(inputs)
    .map(([name, x]) => `${name}: ${x.dtype}[${x.shape}]`)
    .join(', ');

let instance: RecordingBackend | undefined;

/** The backend, registered with tfjs when this is first called. */
export const recordingBackend = (): RecordingBackend => {
  if (instance !== undefined) return instance;
  const backend = new RecordingBackend();
  instance = backend;
  // Priority below tfjs's own backends: it is chosen by name, never by default.
  tf.registerBackend(BACKEND_NAME, () => backend, 0);
  registerKernels(kernels);
  refuseOthers();
  return backend;
};

/** Errors of single operations say where they were called; those of a trace are completed by it. */
const withLine = <T>(f: () => T): T =>
  withDeepStacks(() => {
    try {
      return f();
    } catch (cause) {
      throw explained(cause);
    }
  });

/** Kernels that tfjs has and the engine has not fail by name, and say which op asked for them. */
const refuseOthers = (): void => {
  for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
    if (kernelName in kernels) continue;
    tf.registerKernel({
      kernelName,
      backendName: BACKEND_NAME,
      kernelFunc: () =>
        withLine(() => {
          throw new Error(`kernel '${kernelName}' not registered for backend '${BACKEND_NAME}'`);
        }),
    });
  }
};

/** Adds kernels to the backend, for operations that are not tfjs's own. */
export const registerKernels = (table: KernelTable): void => {
  for (const [kernelName, kernel] of Object.entries(table)) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND_NAME,
      kernelFunc: ({ inputs, attrs }) => {
        const backend = recordingBackend();
        const run = () => applyKernel(backend, kernelName, kernel, inputs, attrs);
        return backend.isTracing ? run() : withLine(run);
      },
    });
  }
};
