import type { DataId, DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs';
import { EngineError, modelLine, withDeepStacks } from './errors.ts';
import { evaluate } from './evaluate.ts';
import { type ConstantData, dataOf, Graph, sizeOf } from './graph.ts';
import { kernels } from './kernels/table.ts';
import type { DType } from './program.ts';
import {
  full,
  type Inputs,
  type Kernel,
  type KernelTable,
  type Symbolic,
  splat,
} from './symbolic.ts';
import { tf } from './tf.ts';

/** Name under which the engine registers itself with tfjs. */
export const BACKEND_NAME = 'onnxruntime';

type BackendValues = Parameters<KernelBackend['write']>[0];

/** Captured constants larger than this are probably data that should have been an input. */
const LARGE_CONSTANT_ELEMENTS = 1_000_000;

/**
 * The tfjs backend: kernels are recorded, not computed. Outside a trace `await tensor.data()` runs
 * what was recorded for that tensor; inside one, reading is an error.
 */
export class RecordingBackend extends tf.KernelBackend {
  readonly #tensors = new tf.DataStorage<Symbolic>(this, tf.engine());
  graph = new Graph();
  isTracing = false;
  /** The first attempt to read a tensor inside the trace at hand: in an async step it gets lost. */
  readWhileTracing: EngineError | undefined;

  symbolOf({ dataId }: Pick<TensorInfo, 'dataId'>): Symbolic {
    if (!this.#tensors.has(dataId) && !tf.engine().state.tensorInfo.has(dataId)) {
      throw new EngineError(
        'a tensor is used after it was disposed: keep it with tf.keep, or clone it, if a tf.tidy ends before',
      );
    }
    return this.#tensors.get(dataId);
  }

  /** Registers a symbolic tensor and returns what tfjs needs to make a Tensor of it. */
  keep(x: Symbolic): TensorInfo {
    const dataId = {};
    this.#tensors.set(dataId, x);
    return { dataId, shape: [...x.shape], dtype: x.dtype };
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype);
    return dataId;
  }

  override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType): void {
    this.#tensors.set(dataId, this.#constant(values, shape, dtype));
  }

  #constant(values: BackendValues, shape: readonly number[], dtype: DataType): Symbolic {
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
      throw new EngineError(`${dtype} tensors are not supported: use float32, int32 or bool`);
    }
    const given = values as ArrayLike<number>;
    if (isSplat(given))
      return splat(this.graph, Number(dataOf([given[0]], dtype)[0]), shape, dtype);
    const data = dataOf(given, dtype);
    if (this.isTracing && data.length > LARGE_CONSTANT_ELEMENTS) {
      process.emitWarning(
        `a constant of shape [${shape}] is baked into the compiled graph; make it an input or a state`,
        { detail: modelLine(new Error().stack) ?? '' },
      );
    }
    return { shape, dtype, value: this.graph.constant(data, shape, dtype) };
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    const x = this.symbolOf({ dataId });
    this.#refuseReadWhileTracing(x);
    const value = full(this.graph, x);
    if (value.source.kind !== 'constant') await evaluate([value]);
    this.graph.forget();
    return copyOf(value.source.kind === 'constant' ? value.source.data : new Float32Array());
  }

  override readSync(dataId: DataId): BackendValues {
    const x = this.symbolOf({ dataId });
    const { value } = x;
    this.#refuseReadWhileTracing(x);
    if (value.source.kind !== 'constant') {
      throw new EngineError(
        'this backend cannot read a tensor synchronously: use `await tensor.data()`',
      );
    }
    const [number] = value.source.data;
    if (value.shape.length === 0 && sizeOf(x.shape) !== 1) {
      return dataOf(Array(sizeOf(x.shape)).fill(Number(number)), x.dtype) as Float32Array;
    }
    return copyOf(value.source.data);
  }

  #refuseReadWhileTracing(x: Symbolic): void {
    if (!this.isTracing || x.value.source.kind === 'constant') return;
    const error = new EngineError(
      `a tensor of shape [${x.shape}] is read inside a traced step, where it has no value yet: ` +
        'return it as an output, and choose between values with tf.where',
    );
    this.readWhileTracing ??= error;
    throw error;
  }

  override disposeData(dataId: DataId): boolean {
    if (this.#tensors.has(dataId)) this.#tensors.delete(dataId);
    return true;
  }

  override refCount(): number {
    return 1;
  }

  override incRef(): void {}

  override numDataIds(): number {
    return this.#tensors.numDataIds();
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override dispose(): void {}
}

/** Gradients ask for whole tensors of ones: a plain loop, for there are millions of them. */
const isSplat = (values: ArrayLike<number>): boolean => {
  const { length } = values;
  for (let i = 1; i < length; i++) if (values[i] !== values[0]) return false;
  return length > 0;
};

const copyOf = (data: ConstantData): BackendValues => data.slice() as Float32Array;

/** Runs a kernel on symbolic tensors; its errors say which kernel, on what. */
const applyKernel = (
  backend: RecordingBackend,
  name: string,
  kernel: Kernel,
  inputs: Readonly<Record<string, TensorInfo | undefined>>,
  attributes: unknown,
): TensorInfo | TensorInfo[] => {
  const symbols: Record<string, Symbolic> = {};
  for (const [key, info] of Object.entries(inputs)) {
    if (info !== undefined && info !== null) symbols[key] = backend.symbolOf(info);
  }
  backend.graph.origin = { kernel: name, place: withDeepStacks(() => new Error()) };
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
    .map(([name, x]) => `${name}: ${x.dtype as DType}[${x.shape}]`)
    .join(', ');

let instance: RecordingBackend | undefined;

/** The backend, registered with tfjs on first use. */
export const recordingBackend = (): RecordingBackend => {
  if (instance !== undefined) return instance;
  const backend = new RecordingBackend();
  instance = backend;
  // Priority below tfjs's own backends: it is chosen by name, never by default.
  tf.registerBackend(BACKEND_NAME, () => backend, 0);
  registerKernels(kernels);
  return backend;
};

/** Adds kernels to the backend, for operations that are not tfjs's own. */
export const registerKernels = (table: KernelTable): void => {
  for (const [kernelName, kernel] of Object.entries(table)) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND_NAME,
      kernelFunc: ({ inputs, attrs }) =>
        applyKernel(recordingBackend(), kernelName, kernel, inputs, attrs),
    });
  }
};
