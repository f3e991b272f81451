import type { Tensor } from '@tensorflow/tfjs';
import type { Value } from '../graph/graph.ts';
import { castValue, full } from '../kernels/symbolic.ts';
import type { NamedOutput } from '../onnx/encode.ts';
import { recordingBackend } from '../recording/register.ts';
import { hasOpenBatch, isOpen, specsAt } from '../step/batch.ts';
import { checkDefinition } from '../step/check.ts';
import { EngineError, withDeepStacks, withoutWarnings } from '../step/errors.ts';
import type { BatchSpec, NamedSpecs, NamedTensors, StepDefinition } from '../step/step.ts';
import { tf } from '../tfjs/tf.ts';
import { nextStateName, outputName, stateName } from './names.ts';
import { type OpenGraph, openBatch, traceSizes } from './open-batch.ts';
import { type Draw, record } from './record.ts';
import { differenceOf, placeOf } from './same-graph.ts';

/** What a step computes, as values of one graph. */
export interface TracedStep {
  /** Graph inputs by name: those of the step, its state under `state/<name>`, random numbers. */
  readonly inputs: ReadonlyMap<string, Value>;
  readonly outputs: ReadonlyMap<string, Value>;
  /** Graph inputs that every run fills with random numbers. */
  readonly draws: readonly Draw[];
  /** Next values of the state tensors that the step changes. */
  readonly nextState: ReadonlyMap<string, Value>;
  /** Of a step with an open batch: the sizes that depend on it. */
  readonly open?: OpenGraph;
}

type StepResult = ReturnType<StepDefinition['step']>;

/**
 * Runs the step on symbolic tensors and returns the graph it recorded. It runs again, to see that it records
 * the same: a graph would never see what it depends on besides its inputs and state.
 *
 * @throws EngineError, with the model line, when the step does what a graph cannot
 */
export function trace(definition: StepDefinition): TracedStep {
  checkDefinition(definition);
  return withDeepStacks(() => {
    if (hasOpenBatch(definition)) return traceOpen(definition);
    const traced = traceStep(definition, 0);
    requireSameAgain(definition, traced);
    return traced;
  });
}

/** @throws EngineError when the step computes something else, or fails, now that it is called again */
function requireSameAgain(definition: StepDefinition, first: TracedStep): void {
  const again = () => namedOutputs(withoutWarnings(() => traceStep(definition, 0)));
  const difference = differenceOf(namedOutputs(first), again());
  if (difference === undefined) return;
  const backend = recordingBackend();
  backend.recordsModelLines = true;
  try {
    const { kernel, line } = placeOf((differenceOf(again(), again()) ?? difference).node);
    throw new EngineError(
      `the step computes something else when it is called again${kernel}: what it depends on must be an ` +
        `input or a state${line}`,
    );
  } finally {
    backend.recordsModelLines = false;
  }
}

/** Traces a step for batches of every size. */
function traceOpen(definition: StepDefinition): TracedStep {
  const shapes = [definition.inputs, definition.state].flatMap((specs) =>
    Object.values(specs).flatMap((spec: BatchSpec) => spec.shape),
  );
  const sizes = traceSizes(new Set(shapes.filter((size) => size !== null)));
  const [first, second, third] = sizes.map((size, i) =>
    i === 0 ? traceStep(definition, size) : withoutWarnings(() => traceStep(definition, size)),
  );
  const named = [first, second, third].map(namedOutputs);
  const names = named.map((list) => list.map(({ name }) => name).join());
  if (names.some((list) => list !== names[0])) {
    throw new EngineError('the step returns other outputs for another size of the batch');
  }
  const [name, { shape }] = Object.entries(definition.inputs).find(([, spec]) => isOpen(spec)) as [
    string,
    BatchSpec,
  ];
  const input = first.inputs.get(name) as Value;
  const wanted = named.map((list) => list.map(({ value }) => value));
  const open = openBatch([wanted[0], wanted[1], wanted[2]], sizes, {
    input,
    axis: shape.indexOf(null),
  });
  return { ...first, open };
}

/** The graph of a step that has been traced before; every node keeps the model line that recorded it. */
export function traceWithModelLines(definition: StepDefinition): TracedStep {
  const backend = recordingBackend();
  backend.recordsModelLines = true;
  try {
    const retrace = hasOpenBatch(definition) ? traceOpen : traceStep;
    return withDeepStacks(() => withoutWarnings(() => retrace(definition, 0)));
  } finally {
    backend.recordsModelLines = false;
  }
}

/** Outputs and next state under their names in an ONNX graph. */
export function namedOutputs({ inputs, outputs, nextState }: TracedStep): NamedOutput[] {
  const named = [
    ...[...outputs].map(([name, value]) => ({ name: outputName(name, inputs), value })),
    ...[...nextState].map(([name, value]) => ({ name: nextStateName(name), value })),
  ];
  const taken = new Set(inputs.keys());
  for (const { name } of named) {
    if (taken.has(name)) throw nameClash(name);
    taken.add(name);
  }
  return named;
}

function nameClash(name: string): EngineError {
  return new EngineError(
    `two tensors of the step would be called '${name}' in its graph, where state 'w' is 'state/w', ` +
      "its next value 'next/w' and an output with an input's name 'output/NAME': rename one of them",
  );
}

function traceStep({ inputs, state, step }: StepDefinition, batch: number): TracedStep {
  return record((recording) => {
    const { backend } = recording;
    const placeholders = (specs: NamedSpecs, nameOf: (name: string) => string): NamedTensors =>
      Object.fromEntries(
        Object.entries(specs).map(([name, spec]) => {
          if (recording.inputs.has(nameOf(name))) throw nameClash(nameOf(name));
          return [name, recording.placeholder(nameOf(name), spec)];
        }),
      );
    const inputTensors = placeholders(specsAt(inputs, batch), (name) => name);
    const stateTensors = placeholders(state, stateName);
    const result = checkedResult(step(inputTensors, stateTensors), backend.readWhileTracing);
    const nextState = Object.entries(result.state ?? {}).flatMap(([name, tensor]) =>
      tensor === stateTensors[name] ? [] : [[name, nextValue(name, tensor, state)] as const],
    );
    const outputs = Object.entries(result.outputs).map(
      ([name, tensor]) => [name, outputValue(name, tensor)] as const,
    );
    return {
      inputs: recording.inputs,
      draws: recording.draws,
      outputs: new Map(outputs),
      nextState: new Map(nextState),
    };
  });
}

/** The result, if it is one that `StepDefinition` allows; an async step may have tried to read a tensor. */
function checkedResult(result: StepResult, reading: EngineError | undefined): StepResult {
  if (result instanceof Promise) {
    // Its own failure would be an unhandled rejection.
    result.catch(() => {});
    throw (
      reading ??
      new EngineError('the step is asynchronous: it must return { outputs, state }, not a promise')
    );
  }
  if (typeof result?.outputs !== 'object') {
    throw new EngineError('the step must return { outputs, state }, each an object of tensors');
  }
  return result;
}

function outputValue(name: string, tensor: Tensor): Value {
  if (!(tensor instanceof tf.Tensor)) {
    throw new EngineError(`output '${name}' of the step is not a tensor`);
  }
  const backend = recordingBackend();
  return full(backend.graph, backend.symbolOf(tensor));
}

function nextValue(name: string, tensor: Tensor, state: NamedSpecs): Value {
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
}
