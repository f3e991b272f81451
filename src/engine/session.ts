// Its settings are read when ONNX Runtime loads, so this comes first.
import './no-telemetry.ts';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { EngineError, modelLine, runningOp } from './errors.ts';
import type { ConstantData, ElementType, GraphNode } from './graph.ts';
import type { EncodedModel } from './onnx.ts';

/** What of onnxruntime-node is used; loaded on first use, since it maps a 45 MB library. */
type Runtime = typeof import('onnxruntime-node');

let runtime: Promise<Runtime> | undefined;

export const loadRuntime = (): Promise<Runtime> => {
  runtime ??= import('onnxruntime-node').catch((cause: unknown) => {
    throw new EngineError(
      `cannot load onnxruntime-node: ${String(cause)}; reinstall it (npm ci) or choose another backend`,
      { cause },
    );
  });
  return runtime;
};

/**
 * One thread, so that results do not depend on the machine's load and trainings can run side by side.
 * Memory patterns only matter for varying shapes and cost a second arena (measured); the arena itself
 * is what makes steps fast. The passes of passes/ leave ONNX Runtime's own optimizers nothing that
 * makes a step faster (`npm run bench:engine-profile`): without them a session is there in half the time.
 */
export const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'disabled',
  enableMemPattern: false,
  // What it would print arrives as an error, with the line of the model.
  logSeverityLevel: 4,
};

/** @param placed the model's nodes, with the lines that made them: asked for when there is an error */
export const createSession = async (
  model: EncodedModel,
  options: InferenceSession.SessionOptions = {},
  placed: () => readonly GraphNode[] = () => model.nodes,
): Promise<InferenceSession> => {
  const { InferenceSession } = await loadRuntime();
  try {
    return await InferenceSession.create(model.bytes, { ...SESSION_OPTIONS, ...options });
  } catch (cause) {
    throw new EngineError(
      `onnxruntime refused the traced graph: ${reason(cause)}${accusedNode(placed(), cause)}`,
      { cause },
    );
  }
};

export const reason = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);

/** The node an onnxruntime message names (`Add_12`): for which op, on what, on which line of the model. */
export const accusedNode = (nodes: readonly GraphNode[], cause: unknown): string => {
  for (const [, op, index] of reason(cause).matchAll(/\b([A-Za-z]+)_(\d+)\b/g)) {
    const node = nodes[Number(index)];
    if (node?.op !== op) continue;
    const shapes = node.inputs.map((value) => `${value?.type}[${value?.shape}]`).join(', ');
    const stack = node.origin?.place?.stack;
    const asker = runningOp(stack);
    const line = modelLine(stack);
    const made = asker === undefined ? op : `${op} for tf.${asker}`;
    return ` (${made} of ${shapes})${line === undefined ? '' : `\n    at ${line}`}`;
  }
  return '';
};

export const runtimeTensor = (
  { Tensor }: Runtime,
  type: ElementType,
  data: ConstantData,
  shape: readonly number[],
): Tensor => new Tensor(type, data, shape);
