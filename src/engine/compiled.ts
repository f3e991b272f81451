import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { EngineError } from './errors.ts';
import { saveOnnx, withState } from './export.ts';
import { dataOf, type GraphNode, sizeOf } from './graph.ts';
import { type EncodedModel, encodeModel, NOTHING } from './onnx.ts';
import { optimise } from './passes/optimise.ts';
import type { NamedSpecs, NamedValues, Program, StepDefinition, TensorValues } from './program.ts';
import { accusedNode, createSession, loadRuntime, reason, runtimeTensor } from './session.ts';
import { stateName, type TracedStep, trace, traceWithPlaces } from './trace.ts';
import { checkValues } from './values.ts';

type Tensors = Record<string, Tensor>;

/** Inputs and outputs of one run: there are two, between which the state goes back and forth. */
interface Binding {
  readonly feeds: Tensors;
  readonly fetches: Readonly<Record<string, Tensor | null>>;
  readonly state: Tensors;
}

const nextName = (name: string): string => `next/${name}`;

/** Traces the step and runs it as one ONNX Runtime graph. */
export const compileGraph = async (
  definition: StepDefinition,
  options: InferenceSession.SessionOptions = {},
): Promise<Program> => {
  // An ONNX graph has one namespace for inputs and outputs.
  const outputName = (name: string) => (name in definition.inputs ? `output/${name}` : name);
  const encode = (traced: TracedStep): EncodedModel => {
    const outputs = [
      ...[...traced.outputs].map(([name, value]) => ({ name: outputName(name), value })),
      ...[...traced.nextState].map(([name, value]) => ({ name: nextName(name), value })),
    ];
    optimise(outputs.map(({ value }) => value));
    return encodeModel(outputs, traced.inputs, { nothingFirst: true });
  };
  const traced = trace(definition);
  const model = encode(traced);
  const placed = (): readonly GraphNode[] => {
    try {
      return encode(traceWithPlaces(definition)).nodes;
    } catch {
      // Code that only traces once must not hide what went wrong.
      return model.nodes;
    }
  };
  const session = await createSession(model, options, placed);
  const runtime = await loadRuntime();
  const make = (specs: NamedSpecs): Tensors =>
    Object.fromEntries(
      Object.entries(specs).map(([name, { shape, dtype }]) => {
        const data = dataOf(new Uint8Array(sizeOf(shape)), dtype);
        return [name, runtimeTensor(runtime, dtype, data, shape)];
      }),
    );
  const outputSpecs: NamedSpecs = Object.fromEntries(
    [...traced.outputs].map(([name, { shape, type }]) => [
      name,
      { shape, dtype: type === 'int64' ? 'int32' : type },
    ]),
  );
  const changed = Object.keys(definition.state).filter((name) => traced.nextState.has(name));
  const inputTensors = make(definition.inputs);
  const outputTensors = make(outputSpecs);
  const current = make(definition.state);
  const changedSpecs = Object.fromEntries(changed.map((name) => [name, definition.state[name]]));
  const other = { ...current, ...make(changedSpecs) };
  const bind = (from: Tensors, to: Tensors): Binding => {
    const available: Tensors = { ...inputTensors };
    for (const [name, tensor] of Object.entries(from)) available[stateName(name)] = tensor;
    const feeds = Object.fromEntries(model.inputs.map((name) => [name, available[name]]));
    const fetches: Record<string, Tensor | null> = { [NOTHING]: null };
    for (const [name, tensor] of Object.entries(outputTensors)) fetches[outputName(name)] = tensor;
    for (const name of changed) fetches[nextName(name)] = to[name];
    return { feeds, fetches, state: from };
  };
  const bindings = [bind(current, other), bind(other, current)] as const;
  const program = compiledProgram(
    definition.inputs,
    outputSpecs,
    definition.state,
    placed,
    (path, state) => saveOnnx(path, withState(definition, state)),
    session,
    inputTensors,
    outputTensors,
    bindings,
  );
  await program.writeState(
    Object.fromEntries(
      Object.entries(definition.state).map(([name, { values }]) => [name, values]),
    ),
  );
  return program;
};

/**
 * Runs the graph into the tensors given as fetches, and nothing more. The binding (1.30) makes a new
 * array of every output, even of those it was given room for: ten times the cost of the copy itself,
 * since the memory is fresh (210 ms for a state of 17 M parameters, of a step of 1400). The results
 * are there by then. So the first output is something it cannot convert, and it stops before.
 */
const runInPlace = async (
  session: InferenceSession,
  { feeds, fetches }: Binding,
): Promise<void> => {
  try {
    await session.run(feeds, fetches as Tensors);
  } catch (cause) {
    if (!reason(cause).includes('Non tensor type')) throw cause;
  }
};

/** A plain object, so that callers can wrap a program by spreading it. */
const compiledProgram = (
  inputs: NamedSpecs,
  outputs: NamedSpecs,
  stateSpecs: NamedSpecs,
  placed: () => readonly GraphNode[],
  save: (path: string, state: NamedValues) => Promise<void>,
  session: InferenceSession,
  inputTensors: Tensors,
  outputTensors: Tensors,
  bindings: readonly [Binding, Binding],
): Program => {
  const results = Object.fromEntries(
    Object.entries(outputTensors).map(([name, { data }]) => [name, data as TensorValues]),
  );
  let [now, next] = bindings;
  let status: 'idle' | 'running' | 'disposed' = 'idle';
  const mustBeIdle = (what: string): void => {
    if (status === 'disposed') throw new EngineError(`cannot ${what} a disposed program`);
    if (status === 'running') {
      throw new EngineError(`cannot ${what} a program during a run: await the run before`);
    }
  };
  const stateNow = (): NamedValues =>
    Object.fromEntries(
      Object.entries(now.state).map(([name, { data }]) => [name, (data as TensorValues).slice()]),
    );
  return {
    backend: 'onnxruntime',
    outputs,
    async run(given) {
      mustBeIdle('run');
      checkValues('input', given, inputs);
      for (const [name, tensor] of Object.entries(inputTensors)) {
        (tensor.data as TensorValues).set(given[name]);
      }
      status = 'running';
      try {
        await runInPlace(session, now);
      } catch (cause) {
        throw new EngineError(
          `the step failed in onnxruntime: ${reason(cause)}${accusedNode(placed(), cause)}`,
          { cause },
        );
      } finally {
        status = 'idle';
      }
      [now, next] = [next, now];
      return results;
    },
    async readState() {
      // Also during a run, which reads this state and writes the other.
      if (status === 'disposed')
        throw new EngineError('cannot read the state of a disposed program');
      return stateNow();
    },
    async writeState(values) {
      mustBeIdle('write the state of');
      checkValues('state', values, stateSpecs);
      for (const [name, data] of Object.entries(values)) {
        (now.state[name].data as TensorValues).set(data);
      }
    },
    async save(path) {
      mustBeIdle('save');
      await save(path, stateNow());
    },
    async dispose() {
      if (status === 'disposed') return;
      mustBeIdle('dispose of');
      status = 'disposed';
      await session.release();
    },
  };
};
