import { typedArray } from './graph.ts';
import { InferenceSession, Tensor } from './onnxruntime.ts';
import type { Compile, NamedValues, Program, TensorSpec, TensorValues } from './program.ts';
import { traced } from './trace-backend.ts';

/** One thread per session: trainings run in parallel as processes, and results do not depend on the machine's cores. */
const SESSION: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  enableMemPattern: false,
};

const onnxTensor = ({ shape, dtype }: TensorSpec, values: TensorValues): Tensor =>
  new Tensor(dtype, values as Float32Array, [...shape]);

/** Traces a step once and compiles it to an ONNX Runtime session. */
export const compile: Compile = async (definition) => {
  const { bytes, outputs, updated, read } = trace(definition);
  const session = await InferenceSession.create(bytes, SESSION);

  const inputs = Object.fromEntries(
    Object.entries(definition.inputs).map(([name, spec]) => {
      const size = spec.shape.reduce((a, b) => a * b, 1);
      return [name, onnxTensor(spec, typedArray(spec.dtype, size))];
    }),
  );
  const results = Object.fromEntries(
    Object.entries(outputs).map(([name, spec]) => {
      const size = spec.shape.reduce((a, b) => a * b, 1);
      return [name, onnxTensor(spec, typedArray(spec.dtype, size))];
    }),
  );
  // Two copies of what a step changes: it reads one and writes the other, in turns.
  const buffers = [0, 1].map((side) =>
    Object.fromEntries(
      Object.entries(definition.state).map(([name, spec]) => [
        name,
        onnxTensor(
          spec,
          side === 0 ? spec.values.slice() : typedArray(spec.dtype, spec.values.length),
        ),
      ]),
    ),
  );
  for (const name of Object.keys(definition.state)) {
    if (!updated.has(name)) buffers[1][name] = buffers[0][name];
  }
  let side = 0;
  const feeds = buffers.map((state) => {
    const all: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(inputs)) {
      if (read.has(`input ${name}`)) all[`input ${name}`] = tensor;
    }
    for (const [name, tensor] of Object.entries(state)) {
      if (read.has(`state ${name}`)) all[`state ${name}`] = tensor;
    }
    return all;
  });
  const fetches = buffers.map((_, at) => ({
    ...Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [`output ${name}`, tensor]),
    ),
    ...Object.fromEntries([...updated].map((name) => [`next ${name}`, buffers[1 - at][name]])),
  }));
  const values = Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => [name, tensor.data as TensorValues]),
  );

  const program: Program = {
    backend: 'onnxruntime',
    outputs,
    async run(given: NamedValues) {
      for (const [name, tensor] of Object.entries(inputs)) {
        const data = tensor.data as TensorValues;
        if (given[name]?.length !== data.length) {
          throw new Error(
            `input '${name}' takes ${data.length} values, and was given ${given[name]?.length ?? 'none'}`,
          );
        }
        data.set(given[name]);
      }
      await session.run(feeds[side], fetches[side]);
      side = 1 - side;
      return values;
    },
    async readState() {
      return Object.fromEntries(
        Object.entries(buffers[side]).map(([name, tensor]) => [
          name,
          (tensor.data as TensorValues).slice(),
        ]),
      );
    },
    async writeState(state) {
      for (const [name, tensor] of Object.entries(buffers[side])) {
        (tensor.data as TensorValues).set(state[name]);
      }
    },
    async dispose() {
      await session.release();
    },
  };
  return program;
};

function trace(definition: Parameters<Compile>[0]) {
  return traced((recording, placeholder, symbolOf) => {
    const named = (prefix: string, specs: Readonly<Record<string, TensorSpec>>) =>
      Object.fromEntries(
        Object.entries(specs).map(([name, { shape, dtype }]) => [
          name,
          placeholder(`${prefix} ${name}`, shape, dtype),
        ]),
      );
    const { outputs, state = {} } = definition.step(
      named('input', definition.inputs),
      named('state', definition.state),
    );
    const all = [
      ...Object.entries(outputs).map(([name, tensor]) =>
        recording.output(`output ${name}`, symbolOf(tensor)),
      ),
      ...Object.entries(state).map(([name, tensor]) =>
        recording.output(`next ${name}`, symbolOf(tensor)),
      ),
    ];
    const { bytes, inputs } = recording.graph.encode(all);
    return {
      bytes,
      read: new Set(inputs),
      updated: new Set(Object.keys(state)),
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([name, tensor]) => {
          const { shape, dtype } = symbolOf(tensor);
          return [name, { shape, dtype }];
        }),
      ),
    };
  });
}
