import { elementwise } from './kernels/elementwise.ts';
import type { Kernel, Operands } from './kernels/kernel.ts';
import { linear } from './kernels/linear.ts';
import { reductions } from './kernels/reduction.ts';
import { shapeKernels } from './kernels/shape.ts';
import type { DType } from './program.ts';
import { type SymbolicTensor, splatSymbol, Trace } from './symbol.ts';
import * as tf from './tf.ts';

const NAME = 'shatter-trace';

/** Every tfjs kernel that can be traced. */
export const KERNELS: Readonly<Record<string, Kernel>> = {
  ...elementwise,
  ...shapeKernels,
  ...reductions,
  ...linear,
};

/** A tfjs backend whose tensors are symbols: kernels record what to compute instead of computing it. */
class TraceBackend extends tf.KernelBackend {
  readonly #symbols = new WeakMap<object, SymbolicTensor>();
  trace = new Trace();

  symbolOf(tensor: tf.TensorInfo): SymbolicTensor {
    const symbol = this.#symbols.get(tensor.dataId);
    if (symbol === undefined) throw new Error('a tensor from outside the step cannot be traced');
    return symbol;
  }

  tensorOf(symbol: SymbolicTensor): tf.TensorInfo {
    const dataId = {};
    this.#symbols.set(dataId, symbol);
    return { dataId, shape: [...symbol.shape], dtype: symbol.dtype };
  }

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: DType): object {
    const dataId = {};
    this.#symbols.set(dataId, constantSymbol(values as ArrayLike<number>, shape, dtype));
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.backend_util.BackendValues,
    shape: number[],
    dtype: DType,
  ): void {
    this.#symbols.set(dataId, constantSymbol(values as ArrayLike<number>, shape, dtype));
  }

  override readSync(): never {
    throw new Error(
      'the values of a tensor cannot be read while a step is traced: return it as an output instead',
    );
  }

  override read(): never {
    return this.readSync();
  }

  // Symbols are values of a graph: they live as long as the trace does.
  override disposeData = (): boolean => true;
  override incRef = (): void => {};
  override refCount = (): number => 1;
  override numDataIds = (): number => 0;
  override memory = () => ({ unreliable: true });
  override floatPrecision = (): 32 => 32;
  override epsilon = (): number => 1e-7;
  override timerAvailable = (): boolean => false;
  override dispose = (): void => {};
}

function constantSymbol(
  values: ArrayLike<number>,
  shape: readonly number[],
  dtype: DType,
): SymbolicTensor {
  const first = values.length > 0 ? Number(values[0]) : 0;
  const splat = Array.prototype.every.call(values, (value) => Number(value) === first);
  if (splat) return splatSymbol(first, shape, dtype);
  return { shape, actual: shape, dtype, value: { values: Array.from(values) } };
}

const backend = new TraceBackend();
tf.registerBackend(NAME, () => backend, 0);
for (const [kernelName, kernel] of Object.entries(KERNELS)) {
  tf.registerKernel({
    kernelName,
    backendName: NAME,
    kernelFunc: ({ inputs, attrs }) => {
      const operands: Operands = Object.fromEntries(
        Object.entries(inputs).flatMap(([name, tensor]) =>
          tensor ? [[name, backend.symbolOf(tensor as tf.TensorInfo)]] : [],
        ),
      );
      const result = kernel(operands, attrs ?? {}, backend.trace);
      return Array.isArray(result)
        ? result.map((symbol: SymbolicTensor) => backend.tensorOf(symbol))
        : backend.tensorOf(result as SymbolicTensor);
    },
  });
}

/** Runs `record` with tensors that stand for graph values. `placeholder` makes an input of the graph. */
export function traced<T>(
  record: (
    trace: Trace,
    placeholder: (name: string, shape: readonly number[], dtype: DType) => tf.Tensor,
    symbolOf: (tensor: tf.Tensor) => SymbolicTensor,
  ) => T,
): T {
  const before = tf.engine().backendName;
  tf.setBackend(NAME);
  const trace = new Trace();
  backend.trace = trace;
  tf.engine().startScope('trace');
  try {
    return record(
      trace,
      (name, shape, dtype) => {
        const value = trace.graph.input(name, shape, dtype);
        const info = backend.tensorOf({ value, shape, actual: shape, dtype });
        return tf.engine().makeTensorFromTensorInfo(info, backend);
      },
      (tensor) => backend.symbolOf(tensor),
    );
  } finally {
    tf.engine().endScope();
    if (before) tf.setBackend(before);
  }
}
