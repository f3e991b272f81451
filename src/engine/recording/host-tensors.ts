import type { DataId, DataStorage, KernelBackend, TensorInfo } from '@tensorflow/tfjs';
import { tf } from '../tfjs/tf.ts';

type BackendValues = Parameters<KernelBackend['write']>[0];

/** The two parts of complex numbers, which are tensors of the backend. */
export interface Parts {
  readonly real: TensorInfo;
  readonly imag: TensorInfo;
}

export interface HostTensor {
  /** UTF-8 of each string, or complex numbers. */
  readonly data: Uint8Array[] | Parts;
  /** Number of tensors that share the data. */
  references: number;
}

/** Strings and complex numbers, which no graph holds. */
export class HostTensors {
  readonly stored: DataStorage<HostTensor>;
  readonly #backend: KernelBackend;

  /** @param backend keeps the parts of complex numbers */
  constructor(backend: KernelBackend) {
    this.#backend = backend;
    this.stored = new tf.DataStorage<HostTensor>(backend, tf.engine());
  }

  store(dataId: DataId, values: BackendValues, shape: number[], references: number): void {
    if (Array.isArray(values)) {
      this.stored.set(dataId, { data: values as Uint8Array[], references });
      return;
    }
    const { real, imag } = tf.backend_util.splitRealAndImagArrays(values as Float32Array);
    const part = (numbers: Float32Array): TensorInfo => {
      const dtype = 'float32';
      return { dataId: this.#backend.write(numbers, shape, dtype), shape, dtype };
    };
    this.storeParts(dataId, { real: part(real), imag: part(imag) }, references);
  }

  storeParts(dataId: DataId, parts: Parts, references: number): void {
    this.stored.set(dataId, { data: parts, references });
  }

  /** The parts of complex numbers; undefined for strings. */
  partsOf(dataId: DataId): Parts | undefined {
    const { data } = this.stored.get(dataId);
    return Array.isArray(data) ? undefined : data;
  }

  read(dataId: DataId): BackendValues {
    const { data } = this.stored.get(dataId);
    if (Array.isArray(data)) return data;
    const [real, imag] = [data.real, data.imag].map((part) => this.#backend.readSync(part.dataId));
    return tf.backend_util.mergeRealAndImagArrays(real as Float32Array, imag as Float32Array);
  }
}
