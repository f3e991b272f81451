import type { Variable } from '@tensorflow/tfjs';
import type { Tensor as RuntimeTensor } from 'onnxruntime-node';
import { type ConstantData, dataOf, sizeOf } from '../graph/graph.ts';
import { requireRuntime } from '../onnx/onnxruntime.ts';
import { runtimeTensor } from '../onnx/session.ts';
import { recordingBackend } from '../recording/register.ts';
import type { DType } from '../step/step.ts';
import { tensorOf } from '../tfjs/internals.ts';

/** Two arrays for a variable: steps read one and write the other, in turn. */
interface Pair {
  current: RuntimeTensor;
  spare: RuntimeTensor | undefined;
}

/**
 * Memory of the variables that compiled steps assign. After a step the variable has the array that the step
 * wrote, and the one before is written by the next step, unless a clone of the variable still has it.
 */
export class VariableBuffers {
  readonly #pairs = new WeakMap<Variable, Pair>();

  /** The variable as it is now, whoever assigned it. */
  current(variable: Variable): RuntimeTensor {
    const data = recordingBackend().dataOf(variable);
    const pair = this.#pairs.get(variable);
    if (pair?.current.data === data) return pair.current;
    const current = tensorFor(variable, data);
    this.#pairs.set(variable, { current, spare: pair?.spare });
    return current;
  }

  /** Where a step writes the next value. */
  spare(variable: Variable): RuntimeTensor {
    this.current(variable);
    const pair = this.#pairs.get(variable) as Pair;
    const { shape, dtype } = variable;
    pair.spare ??= tensorFor(variable, dataOf(new Uint8Array(sizeOf(shape)), dtype as DType));
    return pair.spare;
  }

  /** Gives the variable what a step has written. */
  swap(variable: Variable): void {
    const backend = recordingBackend();
    const pair = this.#pairs.get(variable) as Pair;
    const { current, spare } = pair;
    const written = spare as RuntimeTensor;
    const isOurs = this.#written.has(current.data as object);
    if (isOurs && backend.refCount(variable.dataId) === 1) {
      backend.replaceData(variable.dataId, written.data as ConstantData);
      pair.spare = current;
    } else {
      const { shape, dtype } = variable;
      const value = backend.graph.computed(written.data as ConstantData, shape, dtype as DType);
      const next = tensorOf(backend.store({ shape, dtype: dtype as DType, value }), backend);
      variable.assign(next);
      next.dispose();
      pair.spare = undefined;
    }
    this.#written.add(written.data as object);
    pair.current = written;
  }

  /** Arrays that steps have written, which nothing else refers to. */
  readonly #written = new WeakSet<object>();
}

function tensorFor({ shape, dtype }: Variable, data: ConstantData): RuntimeTensor {
  return runtimeTensor(requireRuntime(), dtype as DType, data, shape);
}
