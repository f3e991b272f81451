import type { Tensor, Variable } from '@tensorflow/tfjs';
import { Graph, type Value } from '../graph/graph.ts';
import type { RecordingBackend } from '../recording/recording-backend.ts';
import { BACKEND_NAME, recordingBackend } from '../recording/register.ts';
import { EngineError } from '../step/errors.ts';
import type { TensorSpec } from '../step/step.ts';
import { cloneWithoutKernels, interceptVariables, tensorOf } from '../tfjs/internals.ts';
import { explainOpError } from '../tfjs/op-errors.ts';
import { type Distribution, interceptRandomOps } from '../tfjs/random.ts';
import { tf } from '../tfjs/tf.ts';
import { freeName } from './names.ts';

/** Random numbers of a step: an input of its graph that every run fills anew. */
export interface Draw {
  readonly name: string;
  readonly spec: TensorSpec;
  readonly distribution: Distribution;
}

const SCALAR: TensorSpec = { shape: [], dtype: 'float32' };

/** A graph that is being recorded. */
export interface Recording {
  readonly backend: RecordingBackend;
  readonly inputs: Map<string, Value>;
  readonly draws: Draw[];
  /** A tensor that stands for an input of the graph. */
  placeholder(name: string, spec: TensorSpec): Tensor;
}

export interface RecordOptions {
  /** What an assignment to a variable does; without it, it is an error. */
  readonly assign?: (variable: Variable, value: Tensor) => void;
  /** Scalars that stand for inputs of the graph, or for their negatives, by the name of the input. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/**
 * Runs `f` with tensors that stand for inputs of a graph; what tfjs computes inside is recorded.
 *
 * @throws EngineError, with the model line, when `f` does what a graph cannot
 */
export function record<T>(
  f: (recording: Recording) => T,
  { assign = refuseAssignment, numbers = {} }: RecordOptions = {},
): T {
  const backend = recordingBackend();
  // Tensors that the step captures from outside become constants, instead of being computed in every run.
  backend.compute();
  const before = { backend: tf.getBackend(), graph: backend.graph };
  const graph = new Graph();
  backend.graph = graph;
  backend.isTracing = true;
  backend.readWhileTracing = undefined;
  // The backend exists already, so setBackend takes effect before its promise resolves.
  void tf.setBackend(BACKEND_NAME);
  const inputs = new Map<string, Value>();
  const draws: Draw[] = [];
  const addInput = (name: string, { shape, dtype }: TensorSpec): Value => {
    const value = graph.input(name, shape, dtype);
    inputs.set(name, value);
    return value;
  };
  const recording: Recording = {
    backend,
    inputs,
    draws,
    placeholder: (name, spec) => {
      const value = addInput(name, spec);
      return tensorOf(backend.store({ shape: spec.shape, dtype: spec.dtype, value }), backend);
    },
  };
  let drawing: Distribution | undefined;
  const standIns = Object.entries(numbers).map(([name, number]) => ({
    value: addInput(name, SCALAR),
    number: Math.fround(number),
  }));
  backend.standsFor = (values, shape, dtype) => {
    if (drawing === undefined) {
      if (values.length !== 1 || shape.length > 0 || dtype !== 'float32') return undefined;
      const written = Math.fround(values[0]);
      const known = standIns.find(({ number }) => Math.abs(written) === number);
      if (known === undefined) return undefined;
      const { value } = known;
      const signed = written < 0 ? graph.op('Neg', [value], [], 'float32') : value;
      return { ...SCALAR, value: signed };
    }
    const spec = { shape: [...shape], dtype };
    const name = freeName(`random/${draws.length}`, inputs);
    draws.push({ name, spec, distribution: drawing });
    drawing = undefined;
    return { ...spec, value: addInput(name, spec) };
  };
  const restore = [
    interceptVariables({ create: refuseCreation, assign }),
    interceptRandomOps({
      drawOutsideOps: refuseRandomNumber,
      draw: (distribution) => {
        drawing = distribution;
      },
      endDraw: () => {
        drawing = undefined;
      },
    }),
    cloneWithoutKernels(backend, (x) => {
      // symbolOf moves the data of another backend's tensor here.
      backend.symbolOf(x);
      backend.incRef(x.dataId);
    }),
  ];
  try {
    return tf.tidy('trace', (() => f(recording)) as never) as unknown as T;
  } catch (cause) {
    throw explainOpError(cause);
  } finally {
    for (const undo of restore) undo();
    backend.standsFor = undefined;
    backend.isTracing = false;
    backend.graph = before.graph;
    void tf.setBackend(before.backend || 'cpu');
  }
}

function refuseCreation(): never {
  throw new EngineError('a variable is created inside a traced step: declare it as state instead');
}

function refuseAssignment(_variable: Variable, { shape }: Tensor): never {
  throw new EngineError(
    `a variable of shape [${shape}] is assigned inside a traced step: return its next value as state`,
  );
}

function refuseRandomNumber(): never {
  throw new EngineError(
    'a random number is drawn inside a traced step and would be the same in every run: pass it as an input, ' +
      'or use tf.randomUniform, tf.randomNormal or tf.truncatedNormal, which draw in every run',
  );
}
