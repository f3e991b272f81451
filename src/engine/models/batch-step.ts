import type { Tensor, Variable } from '@tensorflow/tfjs';
import { dataOf, sizeOf, type Value } from '../graph/graph.ts';
import { full } from '../kernels/symbolic.ts';
import { type EncodedModel, encodeModel, type NamedOutput } from '../onnx/encode.ts';
import {
  type NativeSession,
  openNativeSession,
  type RuntimeTensors,
  requireRuntime,
  runInPlaceSync,
  UNREADABLE_OUTPUT,
} from '../onnx/onnxruntime.ts';
import { runtimeError, runtimeTensor, SESSION_OPTIONS } from '../onnx/session.ts';
import { optimise } from '../passes/optimise.ts';
import { draw } from '../programs/draw.ts';
import { recordingBackend } from '../recording/register.ts';
import { EngineError } from '../step/errors.ts';
import type { DType, TensorSpec, TensorValues } from '../step/step.ts';
import { tensorOf } from '../tfjs/internals.ts';
import { allVariables, type Batch, type BatchFunction, pointVariable } from '../tfjs/layers.ts';
import { type Draw, record } from '../trace/record.ts';
import type { VariableBuffers } from './variable-buffers.ts';

interface TracedBatch {
  readonly inputs: ReadonlyMap<string, Value>;
  readonly draws: readonly Draw[];
  readonly outputs: readonly Value[];
  /** Variables by the name of the graph's input. */
  readonly variables: ReadonlyMap<string, Variable>;
  readonly next: ReadonlyMap<Variable, Value>;
}

const RATE = 'rate';
const batchName = (i: number): string => `batch/${i}`;
const outputName = (i: number): string => `output/${i}`;
const nextName = (i: number): string => `next/${i}`;

/**
 * Records a function of a batch that reads and assigns variables.
 *
 * @param rate a number that stands for the learning rate in it
 */
function traceBatch(
  f: BatchFunction,
  specs: readonly (TensorSpec | undefined)[],
  rate: number | undefined,
): TracedBatch {
  const variables = new Map<string, Variable>();
  const assigned = new Map<Variable, Tensor>();
  const assign = (variable: Variable, value: Tensor): void => {
    const kept = tensorOf(recordingBackend().share(value, value.shape), recordingBackend());
    kept.kept = true;
    assigned.set(variable, kept);
    pointVariable(variable, kept.dataId);
  };
  const numbers = rate === undefined ? {} : { [RATE]: rate };
  return record(
    ({ backend, inputs, draws, placeholder }) => {
      const before = allVariables().map((variable) => [variable, variable.dataId] as const);
      const outputs: Tensor[] = [];
      try {
        for (const [i, [variable]] of before.entries()) {
          if (variable.dtype === 'string' || variable.dtype === 'complex64') continue;
          const name = `variable/${i}`;
          variables.set(name, variable);
          const spec = { shape: variable.shape, dtype: variable.dtype };
          pointVariable(variable, placeholder(name, spec).dataId);
        }
        outputs.push(
          ...f(
            specs.map((spec, i) => (spec === undefined ? null : placeholder(batchName(i), spec))),
          ),
        );
        const symbolValue = (x: Tensor): Value => full(backend.graph, backend.symbolOf(x));
        return {
          inputs,
          draws,
          outputs: outputs.map(symbolValue),
          variables,
          next: new Map([...assigned].map(([variable, x]) => [variable, symbolValue(x)])),
        };
      } finally {
        for (const [variable, dataId] of before) pointVariable(variable, dataId);
        // Metrics are kept, so that no scope disposes of them.
        for (const x of [...outputs, ...assigned.values()]) x.dispose();
      }
    },
    { assign, numbers },
  );
}

function encode({ inputs, outputs, next }: TracedBatch): EncodedModel {
  const named: NamedOutput[] = [
    ...outputs.map((value, i) => ({ name: outputName(i), value })),
    ...[...next.values()].map((value, i) => ({ name: nextName(i), value })),
  ];
  optimise(named.map(({ value }) => value));
  return encodeModel(named, inputs, { unreadableOutput: UNREADABLE_OUTPUT });
}

/** A function of batches of one shape, as one graph. It assigns the variables that the function assigns. */
export class BatchStep {
  readonly #traced: TracedBatch;
  readonly #model: EncodedModel;
  readonly #session: NativeSession;
  readonly #draws: RuntimeTensors;
  readonly #outputs: RuntimeTensors = {};
  readonly #buffers: VariableBuffers;

  /** @throws EngineError when the function does what a graph cannot */
  constructor(
    f: BatchFunction,
    specs: readonly (TensorSpec | undefined)[],
    options: {
      readonly rate: number | undefined;
      readonly threads: number;
      readonly buffers: VariableBuffers;
    },
  ) {
    const runtime = requireRuntime();
    this.#traced = traceBatch(f, specs, options.rate);
    this.#buffers = options.buffers;
    this.#model = encode(this.#traced);
    const zeros = ({ shape, dtype }: TensorSpec) =>
      runtimeTensor(runtime, dtype, dataOf(new Uint8Array(sizeOf(shape)), dtype), shape);
    this.#draws = Object.fromEntries(
      this.#traced.draws.map(({ name, spec }) => [name, zeros(spec)]),
    );
    for (const [i, { shape, type }] of this.#traced.outputs.entries()) {
      this.#outputs[outputName(i)] = zeros({ shape, dtype: type as DType });
    }
    try {
      this.#session = openNativeSession(this.#model.bytes, {
        ...SESSION_OPTIONS,
        intraOpNumThreads: options.threads,
      });
    } catch (cause) {
      throw runtimeError('onnxruntime rejected the traced graph', cause, this.#model.nodes);
    }
  }

  run(batch: Batch, rate: number | undefined): Tensor[] {
    const backend = recordingBackend();
    const runtime = requireRuntime();
    // What was recorded before has to see the variables as they are now.
    backend.compute();
    draw(this.#traced.draws, this.#draws, undefined);
    const feeds: RuntimeTensors = {};
    for (const name of this.#model.inputs) {
      const variable = this.#traced.variables.get(name);
      if (variable !== undefined) feeds[name] = this.#buffers.current(variable);
      else if (name === RATE) {
        feeds[name] = runtimeTensor(runtime, 'float32', Float32Array.of(rate ?? 0), []);
      } else if (name in this.#draws) feeds[name] = this.#draws[name];
    }
    for (const [i, x] of batch.entries()) {
      const name = batchName(i);
      if (x === null || !this.#model.inputs.includes(name)) continue;
      feeds[name] = runtimeTensor(runtime, x.dtype as DType, backend.dataOf(x), x.shape);
    }
    const next = [...this.#traced.next.keys()];
    const fetches: Record<string, RuntimeTensors[string] | null> = { [UNREADABLE_OUTPUT]: null };
    Object.assign(fetches, this.#outputs);
    for (const [i, variable] of next.entries()) {
      fetches[nextName(i)] = this.#buffers.spare(variable);
    }
    try {
      runInPlaceSync(this.#session, feeds, fetches);
    } catch (cause) {
      throw runtimeError('the step failed in onnxruntime', cause, this.#model.nodes);
    }
    for (const variable of next) this.#buffers.swap(variable);
    return this.#traced.outputs.map(({ shape, type }, i) => {
      const data = (this.#outputs[outputName(i)].data as TensorValues).slice();
      const value = backend.graph.computed(data, shape, type);
      return tensorOf(backend.store({ shape, dtype: type as DType, value }), backend);
    });
  }

  dispose(): void {
    this.#session.dispose();
  }
}

/** @throws EngineError for a tensor that no graph holds */
export function specOf(x: Tensor | null): TensorSpec | undefined {
  if (x === null) return undefined;
  const { shape, dtype } = x;
  if (dtype === 'string' || dtype === 'complex64') {
    throw new EngineError(`a batch of ${dtype} tensors cannot be compiled`);
  }
  return { shape, dtype };
}
