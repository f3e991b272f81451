import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { dataOf, type GraphNode, sizeOf, type Value } from '../graph/graph.ts';
import { dtypeOf } from '../kernels/symbolic.ts';
import type { EncodedModel } from '../onnx/encode.ts';
import { loadRuntime, type RuntimeTensors, runInPlace } from '../onnx/onnxruntime.ts';
import { runtimeError, runtimeTensor } from '../onnx/session.ts';
import { batchSizeOf, specsAt } from '../step/batch.ts';
import { checkValues, checkWhole } from '../step/check.ts';
import { EngineError } from '../step/errors.ts';
import type {
  NamedBatchSpecs,
  NamedSpecs,
  NamedValues,
  Program,
  StepDefinition,
  TensorSpec,
  TensorValues,
} from '../step/step.ts';
import { nextStateName, outputName, stateName } from '../trace/names.ts';
import { shapeAt } from '../trace/open-batch.ts';
import type { TracedStep } from '../trace/trace.ts';
import { draw } from './draw.ts';
import { saveOnnx, withState } from './save-onnx.ts';

/** A step with the session that runs its graph. */
export interface CompiledStep {
  readonly definition: StepDefinition;
  readonly traced: TracedStep;
  readonly model: EncodedModel;
  readonly session: InferenceSession;
  /** The model's nodes with the model lines that recorded them; called on failure only. */
  readonly nodesWithLines: () => readonly GraphNode[];
}

/** Two sets of state: runs read one and write the other, in turn. */
type StateSets = readonly [RuntimeTensors, RuntimeTensors];

/** Tensors that runs of one size of batch read and write besides the state. */
interface BatchBuffers {
  readonly specs: NamedSpecs;
  readonly inputs: RuntimeTensors;
  /** Random numbers. */
  readonly draws: RuntimeTensors;
  /** The numbers of the outputs, which every run overwrites. */
  readonly results: Readonly<Record<string, TensorValues>>;
  /** Of runs that read the first and the second set of state. */
  readonly bindings: readonly [Binding, Binding];
}

/** Feeds and fetches of a run. */
interface Binding {
  readonly feeds: RuntimeTensors;
  readonly fetches: Readonly<Record<string, Tensor | null>>;
}

/** Sizes of batch whose buffers are kept. */
const MAX_SIZES = 8;

/** A program that runs a compiled step. A plain object, so that callers can wrap it by spreading. */
export async function graphProgram(step: CompiledStep): Promise<Program> {
  const { definition, session, nodesWithLines, traced } = step;
  const runtime = await loadRuntime();
  const sets = stateSets(step, runtime);
  const buffers = new Map<number, BatchBuffers>();
  const buffersFor = (size: number): BatchBuffers => {
    const known = buffers.get(size) ?? allocate(step, sets, size, runtime);
    buffers.delete(size);
    buffers.set(size, known);
    const [oldest] = buffers.keys();
    if (buffers.size > MAX_SIZES) buffers.delete(oldest);
    return known;
  };
  let current: 0 | 1 = 0;
  let status: 'idle' | 'running' | 'disposed' = 'idle';
  const mustBeIdle = (action: string): void => {
    if (status === 'disposed') throw new EngineError(`cannot ${action} a disposed program`);
    if (status === 'running') {
      throw new EngineError(`cannot ${action} a program while it runs: await the run first`);
    }
  };
  const copyState = (): Record<string, TensorValues> =>
    Object.fromEntries(
      Object.entries(sets[current]).map(([name, tensor]) => [name, dataIn(tensor).slice()]),
    );
  const program: Program = {
    backend: 'onnxruntime',
    outputs: openSpecs(traced),
    async run(inputs, { seed } = {}) {
      mustBeIdle('run');
      const size = batchSizeOf(inputs, definition.inputs);
      const { specs, inputs: tensors, draws, results, bindings } = buffersFor(size);
      checkValues('input', inputs, specs);
      checkWhole('seed', seed, 0);
      for (const [name, tensor] of Object.entries(tensors)) dataIn(tensor).set(inputs[name]);
      draw(traced.draws, draws, seed);
      status = 'running';
      try {
        await runInPlace(session, bindings[current].feeds, bindings[current].fetches);
      } catch (cause) {
        throw runtimeError('the step failed in onnxruntime', cause, nodesWithLines());
      } finally {
        status = 'idle';
      }
      current = current === 0 ? 1 : 0;
      return results;
    },
    async readState() {
      // Allowed during a run, which reads this state and writes the other.
      if (status === 'disposed') {
        throw new EngineError('cannot read the state of a disposed program');
      }
      return copyState();
    },
    async writeState(values) {
      mustBeIdle('write the state of');
      checkValues('state', values, definition.state);
      for (const [name, data] of Object.entries(values)) dataIn(sets[current][name]).set(data);
    },
    async save(path) {
      mustBeIdle('save');
      await saveOnnx(path, withState(definition, copyState()));
    },
    async dispose() {
      if (status === 'disposed') return;
      mustBeIdle('dispose of');
      status = 'disposed';
      await session.release();
    },
  };
  await program.writeState(initialValues(definition.state));
  return program;
}

type Runtime = Awaited<ReturnType<typeof loadRuntime>>;

function zeros(specs: NamedSpecs, runtime: Runtime): RuntimeTensors {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, dtype }]) => {
      const data = dataOf(new Uint8Array(sizeOf(shape)), dtype);
      return [name, runtimeTensor(runtime, dtype, data, shape)];
    }),
  );
}

/** State that the step leaves alone is in both sets. */
function stateSets({ definition, traced }: CompiledStep, runtime: Runtime): StateSets {
  const changed = Object.keys(definition.state).filter((name) => traced.nextState.has(name));
  const changedSpecs = Object.fromEntries(changed.map((name) => [name, definition.state[name]]));
  const first = zeros(definition.state, runtime);
  return [first, { ...first, ...zeros(changedSpecs, runtime) }];
}

function allocate(
  { definition, traced, model }: CompiledStep,
  [first, second]: StateSets,
  size: number,
  runtime: Runtime,
): BatchBuffers {
  const { dimensions } = traced.open ?? {};
  const sizedSpec = (value: Value): TensorSpec => ({
    shape: shapeAt(dimensions?.get(value) ?? value.shape, size),
    dtype: dtypeOf(value.type),
  });
  const specs = specsAt(definition.inputs, size);
  const inputs = zeros(specs, runtime);
  const drawSpecs = traced.draws.map(({ name, spec }) => {
    const value = traced.inputs.get(name);
    return [name, value === undefined ? spec : sizedSpec(value)] as const;
  });
  const draws = zeros(Object.fromEntries(drawSpecs), runtime);
  const outputSpecs = [...traced.outputs].map(([name, value]) => [name, sizedSpec(value)] as const);
  const outputs = zeros(Object.fromEntries(outputSpecs), runtime);
  const bind = (from: RuntimeTensors, to: RuntimeTensors): Binding => {
    const available: RuntimeTensors = { ...inputs, ...draws };
    for (const [name, tensor] of Object.entries(from)) available[stateName(name)] = tensor;
    const feeds = Object.fromEntries(model.inputs.map((name) => [name, available[name]]));
    const fetches: Record<string, Tensor | null> = {};
    if (model.unreadableOutput !== undefined) fetches[model.unreadableOutput] = null;
    for (const [name, tensor] of Object.entries(outputs)) {
      fetches[outputName(name, traced.inputs)] = tensor;
    }
    for (const name of traced.nextState.keys()) fetches[nextStateName(name)] = to[name];
    return { feeds, fetches };
  };
  const results = Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => [name, dataIn(tensor)]),
  );
  return { specs, inputs, draws, results, bindings: [bind(first, second), bind(second, first)] };
}

/** Specs of the outputs, whose sizes that depend on the batch are null. */
function openSpecs({ outputs, open }: TracedStep): NamedBatchSpecs {
  return Object.fromEntries(
    [...outputs].map(([name, value]) => {
      const dimensions = open?.dimensions.get(value) ?? value.shape;
      const shape = dimensions.map((size) => (typeof size === 'number' ? size : null));
      return [name, { shape, dtype: dtypeOf(value.type) }];
    }),
  );
}

function initialValues(state: StepDefinition['state']): NamedValues {
  return Object.fromEntries(Object.entries(state).map(([name, { values }]) => [name, values]));
}

function dataIn(tensor: Tensor): TensorValues {
  return tensor.data as TensorValues;
}
