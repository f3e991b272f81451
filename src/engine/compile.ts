/**
 * From a step to a program that runs it:
 *
 *   trace/trace.ts         runs the step once on symbolic tensors
 *   graph/graph.ts         holds what it recorded
 *   passes/optimise.ts     rewrites the graph into a cheaper one
 *   onnx/encode.ts         writes it as an ONNX model
 *   onnx/session.ts        loads the model into ONNX Runtime
 *   programs/graph-program.ts   runs it, step after step
 */
import type { InferenceSession } from 'onnxruntime-node';
import type { GraphNode } from './graph/graph.ts';
import { type EncodedModel, encodeModel } from './onnx/encode.ts';
import { UNREADABLE_OUTPUT } from './onnx/onnxruntime.ts';
import { createSession } from './onnx/session.ts';
import { withLossScaling } from './optimizers/loss-scale.ts';
import { optimise } from './passes/optimise.ts';
import { roundProducts } from './passes/round-products.ts';
import { automaticBackend, openBackend } from './programs/backends.ts';
import { EagerProgram } from './programs/eager-program.ts';
import { graphProgram } from './programs/graph-program.ts';
import { checkPrecision, checkWhole } from './step/check.ts';
import { EngineError } from './step/errors.ts';
import type { CompileOptions, Precision, Program, StepDefinition } from './step/step.ts';
import { freeName } from './trace/names.ts';
import { namedOutputs, type TracedStep, trace, traceWithModelLines } from './trace/trace.ts';

/**
 * Compiles a step into a program. On `onnxruntime` the step is traced once and becomes one graph; on the
 * other backends the same code runs op by op.
 *
 * @throws EngineError when the step cannot be traced, or the backend is not available
 */
export async function compile(
  definition: StepDefinition,
  { backend = 'onnxruntime', threads, precision = 'float32' }: CompileOptions = {},
): Promise<Program> {
  checkWhole('threads', threads, 1);
  checkPrecision(precision);
  const chosen = backend === 'auto' ? await automaticBackend() : backend;
  if (chosen === 'onnxruntime') {
    const options = threads === undefined ? {} : { intraOpNumThreads: threads };
    return compileGraph(definition, options, precision);
  }
  if (precision !== 'float32') {
    throw new EngineError(`precision '${precision}' needs the onnxruntime backend, not ${chosen}`);
  }
  return new EagerProgram(await openBackend(chosen, threads), definition);
}

/** Compiles a step for ONNX Runtime, with session options for measurements. */
export async function compileGraph(
  given: StepDefinition,
  options: InferenceSession.SessionOptions = {},
  precision: Precision = 'float32',
): Promise<Program> {
  // bfloat16 has float32's range, so its gradients neither vanish nor overflow.
  const definition = precision === 'float16' ? withLossScaling(given) : given;
  const traced = trace(definition);
  const model = optimisedModel(traced, precision);
  // Stacks are slow, so the first trace takes none: a failure traces again to name the model line.
  const nodesWithLines = (): readonly GraphNode[] => {
    try {
      return optimisedModel(traceWithModelLines(definition), precision).nodes;
    } catch {
      // A step that can be traced only once must not hide the failure itself.
      return model.nodes;
    }
  };
  const session = await createSession(model, options, nodesWithLines);
  return graphProgram({ definition, traced, model, session, nodesWithLines });
}

function optimisedModel(traced: TracedStep, precision: Precision): EncodedModel {
  const outputs = namedOutputs(traced);
  const values = outputs.map(({ value }) => value);
  optimise(values);
  if (precision !== 'float32') roundProducts(values, precision);
  const taken = new Set([...traced.inputs.keys(), ...outputs.map(({ name }) => name)]);
  const unreadableOutput = freeName(UNREADABLE_OUTPUT, taken);
  const openShapes = new Map(
    [...(traced.open?.dimensions ?? [])].map(([value, dimensions]) => [
      value,
      dimensions.map((size) => (typeof size === 'number' ? size : null)),
    ]),
  );
  return encodeModel(outputs, traced.inputs, { unreadableOutput, openShapes });
}
