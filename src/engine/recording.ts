import type { DataId, DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs';
import { EngineError, modelLine, withDeepStacks } from './errors.ts';
import { evaluate } from './evaluate.ts';
import { type ConstantData, dataOf, Graph, type Value } from './graph.ts';
import { full, type Symbolic, splat } from './symbolic.ts';
import { tf } from './tf.ts';

type BackendValues = Parameters<KernelBackend['write']>[0];

/** Captured constants larger than this are probably data that should have been an input. */
const LARGE_CONSTANT_ELEMENTS = 1_000_000;

/** Recorded nodes after which they are computed between two operations, outside of any tf.tidy. */
const MANY_NODES = 1_000;
/** Recorded nodes after which they are computed wherever the program is. */
const TOO_MANY_NODES = 20_000;

interface Stored {
  x: Symbolic;
  /** Tensors that share it: variables, and what they were assigned. */
  references: number;
}

/**
 * The tfjs backend: kernels are recorded, not computed. Outside a trace, reading a tensor computes
 * all that has been recorded for living tensors, as one graph; inside one, reading is an error.
 */
export class RecordingBackend extends tf.KernelBackend {
  readonly #tensors = new tf.DataStorage<Stored>(this, tf.engine());
  /** Living tensors whose values are recorded and not computed yet. */
  readonly #pending = new Set<WeakRef<DataId>>();
  graph = new Graph();
  isTracing = false;
  /** Whether nodes of a trace know the line of the model that made them, which takes a stack each. */
  keepsPlaces = false;
  /** The first attempt to read a tensor inside the trace at hand: in an async step it gets lost. */
  readWhileTracing: EngineError | undefined;

  symbolOf({ dataId }: Pick<TensorInfo, 'dataId'>): Symbolic {
    if (!this.#tensors.has(dataId) && !tf.engine().state.tensorInfo.has(dataId)) {
      throw new EngineError(
        'a tensor is used after it was disposed: keep it with tf.keep, or clone it, if a tf.tidy ends before',
      );
    }
    return this.#tensors.get(dataId).x;
  }

  /** Registers a symbolic tensor and returns what tfjs needs to make a Tensor of it. */
  keep(x: Symbolic): TensorInfo {
    const dataId = {};
    this.#store(dataId, x, 1);
    return { dataId, shape: [...x.shape], dtype: x.dtype };
  }

  #store(dataId: DataId, x: Symbolic, references: number): void {
    this.#tensors.set(dataId, { x, references });
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
    this.#store(dataId, this.#constant(values, shape, dtype), references);
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
        { detail: modelLine(withDeepStacks(() => new Error()).stack) ?? '' },
      );
    }
    return { shape, dtype, value: this.graph.constant(data, shape, dtype) };
  }

  /** Where in the trace at hand a tensor was made: less for what came before. */
  orderOf(tensor: TensorInfo): number {
    return this.isTracing ? this.symbolOf(tensor).value.id : 0;
  }

  /** Whether a traced step would have this value in every run, whatever its inputs. */
  isBaked(tensor: TensorInfo): boolean {
    return this.isTracing && this.symbolOf(tensor).value.source.kind === 'constant';
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override readSync(dataId: DataId): BackendValues {
    const x = this.symbolOf({ dataId });
    this.#refuseReadWhileTracing(x);
    const value = full(this.graph, x);
    if (value.source.kind !== 'constant') this.#computePending([value]);
    if (value !== x.value) this.#tensors.get(dataId).x = { ...x, value };
    if (value.source.kind !== 'constant') throw new EngineError('a tensor was not computed');
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

  /** Computes what was recorded for living tensors. */
  compute(): void {
    this.#computePending([]);
  }

  /**
   * Keeps programs that never read from recording without end. Between the outermost operations, so
   * that every round of a loop records the same graph and its session is found again.
   */
  computeIfMany(): void {
    if (this.isTracing) return;
    // Recording the same operation again adds no node, but another tensor.
    const recorded = Math.max(this.graph.size, this.#pending.size);
    const isBetween = tf.engine().state.scopeStack.length <= 1;
    if (recorded >= (isBetween ? MANY_NODES : TOO_MANY_NODES)) this.compute();
  }

  /** Computes the values wanted, and with them all living ones: none is computed twice. */
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
      // One of the others may be at fault: it fails when it is read itself.
      evaluate(wanted);
    }
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.#tensors.has(dataId)) return true;
    const stored = this.#tensors.get(dataId);
    stored.references--;
    if (!force && stored.references > 0) return false;
    this.#tensors.delete(dataId);
    return true;
  }

  override refCount(dataId: DataId): number {
    return this.#tensors.has(dataId) ? this.#tensors.get(dataId).references : 0;
  }

  override incRef(dataId: DataId): void {
    this.#tensors.get(dataId).references++;
  }

  override numDataIds(): number {
    return this.#tensors.numDataIds();
  }

  override memory(): { unreliable: boolean; reasons: string[] } {
    return {
      unreliable: true,
      reasons: ['the memory of onnxruntime sessions and of values not computed yet is not counted'],
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

  override dispose(): void {}
}

/** Gradients ask for whole tensors of ones: a plain loop, for there are millions of them. */
const isSplat = (values: ArrayLike<number>): boolean => {
  const { length } = values;
  for (let i = 1; i < length; i++) if (values[i] !== values[0]) return false;
  return length > 0;
};

const copyOf = (data: ConstantData): BackendValues => data.slice() as Float32Array;
