import type { Tensor } from '@tensorflow/tfjs';
import { BACKEND_NAME, recordingBackend } from './backend.ts';
import { withoutCloneKernels } from './clones.ts';
import { EngineError, explained, withDeepStacks } from './errors.ts';
import { Graph, type Value } from './graph.ts';
import type { NamedSpecs, NamedTensors, StepDefinition } from './program.ts';
import { castValue, full, type Symbolic } from './symbolic.ts';
import { tf } from './tf.ts';
import { checkDefinition } from './values.ts';

/** What a step computes, as values of one graph. */
export interface TracedStep {
  /** Graph inputs by name: those of the step, and its state under `state/<name>`. */
  readonly inputs: ReadonlyMap<string, Value>;
  readonly outputs: ReadonlyMap<string, Value>;
  /** Next values of the state tensors that the step changes. */
  readonly nextState: ReadonlyMap<string, Value>;
}

type StepResult = ReturnType<StepDefinition['step']>;

export const stateName = (name: string): string => `state/${name}`;

/**
 * Runs the step once on symbolic tensors and returns the graph it recorded.
 *
 * @throws EngineError with the line of model code, when the step does what a graph cannot
 */
export const trace = (definition: StepDefinition): TracedStep => {
  checkDefinition(definition);
  return withDeepStacks(() => traceStep(definition));
};

/** The same, with the line of model code for every node. */
export const traceWithPlaces = (definition: StepDefinition): TracedStep => {
  const backend = recordingBackend();
  backend.keepsPlaces = true;
  try {
    return trace(definition);
  } finally {
    backend.keepsPlaces = false;
  }
};

const traceStep = ({ inputs, state, step }: StepDefinition): TracedStep => {
  const backend = recordingBackend();
  // What the step captures from outside is a constant of its graph, not computed in every run.
  backend.compute();
  const before = { backend: tf.getBackend(), graph: backend.graph };
  backend.graph = new Graph();
  backend.isTracing = true;
  backend.readWhileTracing = undefined;
  // The backend exists already, so that setBackend takes effect before its promise resolves.
  void tf.setBackend(BACKEND_NAME);
  const undo = [guardAgainstSideEffects(), withoutCloneKernels(backend)];
  try {
    const values = new Map<string, Value>();
    const placeholders = (specs: NamedSpecs, nameOf: (name: string) => string): NamedTensors =>
      Object.fromEntries(
        Object.entries(specs).map(([name, { shape, dtype }]) => {
          const value = backend.graph.input(nameOf(name), shape, dtype);
          values.set(nameOf(name), value);
          return [name, placeholder({ shape, dtype, value })];
        }),
      );
    return tf.tidy('trace', (() => {
      const given = placeholders(inputs, (name) => name);
      const held = placeholders(state, stateName);
      const result = checkedResult(step(given, held), backend.readWhileTracing);
      const nextState = Object.entries(result.state ?? {}).flatMap(([name, tensor]) =>
        tensor === held[name] ? [] : [[name, nextValue(name, tensor, state)] as const],
      );
      const outputs = Object.entries(result.outputs).map(
        ([name, tensor]) => [name, outputValue(name, tensor)] as const,
      );
      return { inputs: values, outputs: new Map(outputs), nextState: new Map(nextState) };
    }) as never) as unknown as TracedStep;
  } catch (cause) {
    throw explained(cause);
  } finally {
    for (const undoOne of undo) undoOne();
    backend.isTracing = false;
    backend.graph = before.graph;
    void tf.setBackend(before.backend || 'cpu');
  }
};

/** A result that is what `StepDefinition` says; an async step may have tried to read a tensor. */
const checkedResult = (result: StepResult, reading: EngineError | undefined): StepResult => {
  if (result instanceof Promise) {
    // What it fails with later is what is thrown here and now.
    result.catch(() => {});
    throw (
      reading ??
      new EngineError('the step is asynchronous: it must return { outputs, state }, not a promise')
    );
  }
  if (typeof result?.outputs !== 'object') {
    throw new EngineError('the step must return { outputs, state }: named tensors each');
  }
  return result;
};

const placeholder = (x: Symbolic): Tensor => {
  const backend = recordingBackend();
  return tf.engine().makeTensorFromTensorInfo(backend.keep(x), backend);
};

const outputValue = (name: string, tensor: Tensor): Value => {
  if (!(tensor instanceof tf.Tensor)) {
    throw new EngineError(`output '${name}' of the step is not a tensor`);
  }
  const backend = recordingBackend();
  return full(backend.graph, backend.symbolOf(tensor));
};

const nextValue = (name: string, tensor: Tensor, state: NamedSpecs): Value => {
  const spec = state[name];
  if (spec === undefined) {
    const known = Object.keys(state).join(', ');
    throw new EngineError(
      `the step returns a state '${name}' that was not declared; known: ${known}`,
    );
  }
  if (`${tensor.shape}` !== `${spec.shape}`) {
    throw new EngineError(
      `the step changes the shape of state '${name}' from [${spec.shape}] to [${tensor.shape}]`,
    );
  }
  return castValue(recordingBackend().graph, outputValue(name, tensor), spec.dtype);
};

/**
 * Makes what a traced step must not do fail: variables made or assigned inside would be lost, and
 * random numbers would be drawn once and repeat in every run. Returns what undoes it.
 */
const guardAgainstSideEffects = (): (() => void) => {
  const engine = tf.engine();
  const random = Math.random;
  const { makeVariable, startScope } = engine;
  const { assign } = tf.Variable.prototype;
  engine.makeVariable = () => {
    throw new EngineError(
      'a variable is created inside a traced step: declare it as state instead',
    );
  };
  tf.Variable.prototype.assign = ({ shape }) => {
    throw new EngineError(
      `a variable of shape [${shape}] is assigned inside a traced step: return its next value as state`,
    );
  };
  const refuseRandomness = (): never => {
    throw new EngineError(
      'a random number is drawn inside a traced step, and would be the same in every run: pass it as an input',
    );
  };
  Math.random = refuseRandomness;
  // With a seed, these draw from a generator of their own.
  engine.startScope = (name) => {
    if (/^(random|truncatedNormal|multinomial)/.test(name ?? '')) refuseRandomness();
    startScope.call(engine, name);
  };
  return () => {
    Math.random = random;
    engine.makeVariable = makeVariable;
    tf.Variable.prototype.assign = assign;
    engine.startScope = startScope;
  };
};
