import type { DataId, DataStorage, DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs';
import { type ConstantData, dataOf, Graph, sameShape, type Value } from '../graph/graph.ts';
import { reshape } from '../kernels/layout.ts';
import { full, type Symbolic, splat } from '../kernels/symbolic.ts';
import { EngineError, warnAtModelLine } from '../step/errors.ts';
import type { DType } from '../step/step.ts';
import { holdsTensor, isBetweenOps } from '../tfjs/internals.ts';
import { tf } from '../tfjs/tf.ts';
import { evaluate } from './evaluate.ts';
import { type HostTensor, HostTensors, type Parts } from './host-tensors.ts';
import { freeCachedSessions } from './session-cache.ts';
import { isSplat } from './splat.ts';

type BackendValues = Parameters<KernelBackend['write']>[0];

/** A larger constant in a traced step is probably data that should have been an input. */
const LARGE_CONSTANT_ELEMENTS = 1_000_000;

/** Nodes that may be recorded before they are computed between two ops, outside of any tf.tidy. */
const MAX_NODES_BETWEEN_OPS = 1_000;
/** Nodes that may be recorded before they are computed inside of a tf.tidy. */
const MAX_NODES = 20_000;

interface StoredTensor {
  x: Symbolic;
  /** The same data in other shapes: reshaped tensors share it. */
  views: Map<string, Symbolic> | undefined;
  /** Number of tensors that share the data, such as a variable and the tensor assigned to it. */
  references: number;
}

/**
 * The tfjs backend, which records kernels instead of computing them. Outside a trace, reading a tensor
 * computes everything recorded for living tensors, as one graph; inside a trace, reading is an error.
 */
export class RecordingBackend extends tf.KernelBackend {
  readonly #tensors = new tf.DataStorage<StoredTensor>(this, tf.engine());
  readonly #hostTensors = new HostTensors(this);
  /** Living tensors that are recorded but not computed yet. */
  readonly #pending = new Set<WeakRef<DataId>>();
  graph = new Graph();
  isTracing = false;
  /** Whether the nodes of a trace keep the model line that recorded them, which costs a stack each. */
  recordsModelLines = false;
  /** The first attempt to read a tensor in the current trace: an async step would swallow the error. */
  readWhileTracing: EngineError | undefined;
  /** Inside a trace, the tensor that values stand for which are no constant: random or changing numbers. */
  standsFor:
    | ((values: ArrayLike<number>, shape: readonly number[], dtype: DType) => Symbolic | undefined)
    | undefined;

  symbolOf({ dataId, shape }: Pick<TensorInfo, 'dataId' | 'shape'>): Symbolic {
    const stored = this.#storedAs(dataId);
    return sameShape(shape, stored.x.shape) ? stored.x : this.#view(stored, shape);
  }

  #storedAs(dataId: DataId): StoredTensor {
    if (!this.#tensors.has(dataId) && !holdsTensor(dataId)) {
      throw new EngineError(
        'a tensor is used after it was disposed: if a tf.tidy ends in between, keep it with tf.keep or clone it',
      );
    }
    return this.#tensors.get(dataId);
  }

  #view(stored: StoredTensor, shape: readonly number[]): Symbolic {
    const key = `${shape}`;
    const known = stored.views?.get(key);
    const { value } = stored.x;
    const isComputed = value.source.kind === 'constant';
    if (known !== undefined && !(isComputed && known.value.source.kind === 'node')) return known;
    const isWhole = isComputed && sameShape(value.shape, stored.x.shape);
    const view =
      isWhole && !this.isTracing && value.source.kind === 'constant'
        ? { ...stored.x, shape, value: this.graph.constant(value.source.data, shape, value.type) }
        : reshape(this.graph, stored.x, shape);
    stored.views ??= new Map();
    stored.views.set(key, view);
    return view;
  }

  /** A tensor of the same data, perhaps in another shape. */
  share({ dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
    this.incRef(dataId);
    return { dataId, shape: [...shape], dtype };
  }

  /** Stores a symbolic tensor and returns what tfjs needs to make a Tensor of it. */
  store(x: Symbolic): TensorInfo {
    const dataId = {};
    this.#storeAs(dataId, x, 1);
    return { dataId, shape: [...x.shape], dtype: x.dtype };
  }

  #storeAs(dataId: DataId, x: Symbolic, references: number): void {
    this.#tensors.set(dataId, { x, references, views: undefined });
    if (!this.isTracing && x.value.source.kind === 'node') this.#pending.add(new WeakRef(dataId));
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    references: number,
  ): void {
    this.computeIfMany();
    if (this.isTracing && (dtype === 'string' || dtype === 'complex64')) {
      throw new EngineError(
        `${dtype} tensors are not supported: use float32, int32 or bool in a compiled step`,
      );
    }
    if (dtype === 'string' || dtype === 'complex64') {
      this.#hostTensors.store(dataId, values, shape, references);
      return;
    }
    this.#storeAs(dataId, this.#constant(values, shape, dtype), references);
  }

  /** A complex tensor, which shares the data of its parts. */
  storeComplex(real: TensorInfo, imag: TensorInfo): TensorInfo {
    const dataId = {};
    const parts = { real: this.share(real, real.shape), imag: this.share(imag, imag.shape) };
    this.#hostTensors.storeParts(dataId, parts, 1);
    return { dataId, shape: [...real.shape], dtype: 'complex64' };
  }

  /** The real and the imaginary part of a complex tensor; undefined for any other. */
  partsOf(x: TensorInfo | undefined): Parts | undefined {
    return x?.dtype === 'complex64' ? this.#hostTensors.partsOf(x.dataId) : undefined;
  }

  #constant(values: BackendValues, shape: readonly number[], dtype: DType): Symbolic {
    const numbers = values as ArrayLike<number>;
    const variable = this.standsFor?.(numbers, shape, dtype);
    if (variable !== undefined) return variable;
    if (isSplat(numbers))
      return splat(this.graph, Number(dataOf([numbers[0]], dtype)[0]), shape, dtype);
    const data = dataOf(numbers, dtype);
    if (this.isTracing && data.length > LARGE_CONSTANT_ELEMENTS) {
      warnAtModelLine(
        `a constant of shape [${shape}] is baked into the compiled graph; make it an input or a state`,
      );
    }
    return { shape, dtype, value: this.graph.constant(data, shape, dtype) };
  }

  /** Position of a tensor in the current trace: smaller for tensors made earlier. */
  traceOrderOf(tensor: TensorInfo): number {
    return this.isTracing ? this.symbolOf(tensor).value.id : 0;
  }

  /** Whether the tensor is a constant of the current trace: the same in every run, whatever the inputs. */
  isTraceConstant(tensor: TensorInfo): boolean {
    return this.isTracing && this.symbolOf(tensor).value.source.kind === 'constant';
  }

  /** The numbers of a tensor, not a copy: nobody may change them. Computes them if need be. */
  dataOf({ dataId, shape }: Pick<TensorInfo, 'dataId' | 'shape'>): ConstantData {
    this.#storedAs(dataId);
    const x = this.symbolOf({ dataId, shape });
    this.#refuseReadWhileTracing(x);
    const value = full(this.graph, x);
    if (value.source.kind !== 'constant') this.#computePending([value]);
    const stored = this.#tensors.get(dataId);
    if (value !== x.value && stored.x === x) stored.x = { ...x, value };
    if (value.source.kind !== 'constant') throw new EngineError('a tensor was not computed');
    return value.source.data;
  }

  /** Gives a tensor other numbers, in place: nothing but the tensor may refer to its data. */
  replaceData(dataId: DataId, data: ConstantData): void {
    const stored = this.#tensors.get(dataId);
    const { shape, dtype } = stored.x;
    stored.x = { shape, dtype, value: this.graph.computed(data, shape, dtype) };
    stored.views = undefined;
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override readSync(dataId: DataId): BackendValues {
    if (this.#hostTensors.stored.has(dataId)) return this.#hostTensors.read(dataId);
    const data = this.dataOf({ dataId, shape: [...this.#storedAs(dataId).x.shape] });
    return data.slice() as Float32Array;
  }

  #refuseReadWhileTracing(x: Symbolic): void {
    if (!this.isTracing || x.value.source.kind === 'constant') return;
    const error = new EngineError(
      `a tensor of shape [${x.shape}] is read inside a traced step, where it has no value yet: ` +
        'return it as an output; to choose between values, use tf.where',
    );
    this.readWhileTracing ??= error;
    throw error;
  }

  /** Computes everything recorded for living tensors. */
  compute(): void {
    this.#computePending([]);
  }

  /**
   * Keeps programs that never read a tensor from recording without end. Computing happens between the
   * outermost ops, so that every iteration of a loop records the same graph and reuses its session.
   */
  computeIfMany(): void {
    if (this.isTracing) return;
    // Recording the same op again adds a tensor but no node.
    const recorded = Math.max(this.graph.size, this.#pending.size);
    if (recorded >= (isBetweenOps() ? MAX_NODES_BETWEEN_OPS : MAX_NODES)) this.compute();
  }

  /** Computes the wanted values together with all living ones, so that none is computed twice. */
  #computePending(wanted: readonly Value[]): void {
    const living = [...this.#pending].flatMap((reference) => {
      const dataId = reference.deref();
      return dataId !== undefined && this.#tensors.has(dataId)
        ? [this.#tensors.get(dataId).x.value]
        : [];
    });
    this.#pending.clear();
    this.graph.forget();
    try {
      evaluate([...new Set([...wanted, ...living])]);
    } catch {
      // One of the others may have failed: its own error is thrown when it is read.
      evaluate(wanted);
    }
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const storage = this.#storageOf(dataId);
    if (storage === undefined) return true;
    const stored = storage.get(dataId);
    stored.references--;
    if (!force && stored.references > 0) return false;
    storage.delete(dataId);
    if ('data' in stored && !Array.isArray(stored.data)) {
      for (const part of [stored.data.real, stored.data.imag]) this.disposeData(part.dataId);
    }
    return true;
  }

  /** Where the data is; undefined once it is disposed of. */
  #storageOf(dataId: DataId): DataStorage<StoredTensor | HostTensor> | undefined {
    return [this.#tensors, this.#hostTensors.stored].find((storage) => storage.has(dataId));
  }

  override refCount(dataId: DataId): number {
    return this.#storageOf(dataId)?.get(dataId).references ?? 0;
  }

  override incRef(dataId: DataId): void {
    const storage = this.#storageOf(dataId) ?? this.#tensors;
    storage.get(dataId).references++;
  }

  override numDataIds(): number {
    return this.#tensors.numDataIds() + this.#hostTensors.stored.numDataIds();
  }

  override memory(): { unreliable: boolean; reasons: string[] } {
    return {
      unreliable: true,
      reasons: ['memory of onnxruntime sessions and of values not computed yet is not counted'],
    };
  }

  override async time(f: () => void): Promise<{ kernelMs: number; wallMs: number }> {
    this.compute();
    const start = performance.now();
    f();
    this.compute();
    const wallMs = performance.now() - start;
    return { kernelMs: wallMs, wallMs };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override timerAvailable(): boolean {
    return true;
  }

  /** tfjs disposes of a backend when it is removed; tensors may outlive it in another. */
  override dispose(): void {
    freeCachedSessions();
  }
}
