import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { dataOf, type GraphNode, sizeOf } from '../graph/graph.ts';
import type { EncodedModel } from '../onnx/encode.ts';
import { loadRuntime, type RuntimeTensors, runInPlace } from '../onnx/onnxruntime.ts';
import { runtimeError, runtimeTensor } from '../onnx/session.ts';
import { checkValues, checkWhole } from '../step/check.ts';
import { EngineError } from '../step/errors.ts';
import type {
  NamedSpecs,
  NamedValues,
  Program,
  StepDefinition,
  TensorValues,
} from '../step/step.ts';
import { nextStateName, outputName, stateName } from '../trace/names.ts';
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

/** Tensors that runs read and write, allocated once. */
interface Buffers {
  readonly inputs: RuntimeTensors;
  /** Random numbers. */
  readonly draws: RuntimeTensors;
  readonly outputs: RuntimeTensors;
  /** Runs read one set of state and write the other, in turn. */
  readonly bindings: readonly [Binding, Binding];
}

/** Feeds and fetches of a run that reads `state`. */
interface Binding {
  readonly feeds: RuntimeTensors;
  readonly fetches: Readonly<Record<string, Tensor | null>>;
  readonly state: RuntimeTensors;
}

/** A program that runs a compiled step. A plain object, so that callers can wrap it by spreading. */
export async function graphProgram(step: CompiledStep): Promise<Program> {
  const { definition, session, nodesWithLines } = step;
  const outputSpecs = specsOf(step.traced.outputs);
  const buffers = await allocate(step, outputSpecs);
  const results = Object.fromEntries(
    Object.entries(buffers.outputs).map(([name, tensor]) => [name, dataIn(tensor)]),
  );
  let [current, next] = buffers.bindings;
  let status: 'idle' | 'running' | 'disposed' = 'idle';
  const mustBeIdle = (action: string): void => {
    if (status === 'disposed') throw new EngineError(`cannot ${action} a disposed program`);
    if (status === 'running') {
      throw new EngineError(`cannot ${action} a program while it runs: await the run first`);
    }
  };
  const copyState = (): Record<string, TensorValues> =>
    Object.fromEntries(
      Object.entries(current.state).map(([name, tensor]) => [name, dataIn(tensor).slice()]),
    );
  const program: Program = {
    backend: 'onnxruntime',
    outputs: outputSpecs,
    async run(inputs, { seed } = {}) {
      mustBeIdle('run');
      checkValues('input', inputs, definition.inputs);
      checkWhole('seed', seed, 0);
      for (const [name, tensor] of Object.entries(buffers.inputs)) dataIn(tensor).set(inputs[name]);
      draw(step.traced.draws, buffers.draws, seed);
      status = 'running';
      try {
        await runInPlace(session, current.feeds, current.fetches);
      } catch (cause) {
        throw runtimeError('the step failed in onnxruntime', cause, nodesWithLines());
      } finally {
        status = 'idle';
      }
      [current, next] = [next, current];
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
      for (const [name, data] of Object.entries(values)) dataIn(current.state[name]).set(data);
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

async function allocate(
  { definition, traced, model }: CompiledStep,
  outputSpecs: NamedSpecs,
): Promise<Buffers> {
  const runtime = await loadRuntime();
  const zeros = (specs: NamedSpecs): RuntimeTensors =>
    Object.fromEntries(
      Object.entries(specs).map(([name, { shape, dtype }]) => {
        const data = dataOf(new Uint8Array(sizeOf(shape)), dtype);
        return [name, runtimeTensor(runtime, dtype, data, shape)];
      }),
    );
  const changed = Object.keys(definition.state).filter((name) => traced.nextState.has(name));
  const changedSpecs = Object.fromEntries(changed.map((name) => [name, definition.state[name]]));
  const inputs = zeros(definition.inputs);
  const draws = zeros(Object.fromEntries(traced.draws.map(({ name, spec }) => [name, spec])));
  const outputs = zeros(outputSpecs);
  const first = zeros(definition.state);
  // State that the step leaves alone is in both sets.
  const second = { ...first, ...zeros(changedSpecs) };
  const bind = (from: RuntimeTensors, to: RuntimeTensors): Binding => {
    const available: RuntimeTensors = { ...inputs, ...draws };
    for (const [name, tensor] of Object.entries(from)) available[stateName(name)] = tensor;
    const feeds = Object.fromEntries(model.inputs.map((name) => [name, available[name]]));
    const fetches: Record<string, Tensor | null> = {};
    if (model.unreadableOutput !== undefined) fetches[model.unreadableOutput] = null;
    for (const [name, tensor] of Object.entries(outputs)) {
      fetches[outputName(name, traced.inputs)] = tensor;
    }
    for (const name of changed) fetches[nextStateName(name)] = to[name];
    return { feeds, fetches, state: from };
  };
  return { inputs, draws, outputs, bindings: [bind(first, second), bind(second, first)] };
}

function specsOf(outputs: TracedStep['outputs']): NamedSpecs {
  return Object.fromEntries(
    [...outputs].map(([name, { shape, type }]) => [
      name,
      { shape, dtype: type === 'int64' || type === 'uint32' ? 'int32' : type },
    ]),
  );
}

function initialValues(state: StepDefinition['state']): NamedValues {
  return Object.fromEntries(Object.entries(state).map(([name, { values }]) => [name, values]));
}

function dataIn(tensor: Tensor): TensorValues {
  return tensor.data as TensorValues;
}
