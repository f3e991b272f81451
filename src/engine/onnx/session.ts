import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ConstantData, ElementType, GraphNode, Value } from '../graph/graph.ts';
import { printType } from '../graph/print.ts';
import { EngineError, messageOf, modelLine } from '../step/errors.ts';
import { runningOp } from '../tfjs/op-errors.ts';
import type { EncodedModel } from './encode.ts';
import { loadRuntime, nodesNamedIn } from './onnxruntime.ts';

/**
 * One thread, so that results do not depend on the machine's load and trainings can run side by side.
 * Memory patterns only help varying shapes, and cost a second arena; the arena itself is what makes
 * steps fast. After the engine's own passes ONNX Runtime's optimizers make no step faster
 * (`npm run bench:engine-profile`), and without them a session is created in half the time.
 */
export const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'disabled',
  enableMemPattern: false,
  // Fatal messages only: everything else arrives as an error, to which the engine adds the model line.
  logSeverityLevel: 4,
};

/**
 * An ONNX Runtime session of the model.
 *
 * @param nodesWithLines the model's nodes with the model lines that recorded them; called on failure only
 * @throws EngineError when ONNX Runtime rejects the model
 */
export async function createSession(
  model: EncodedModel,
  options: InferenceSession.SessionOptions = {},
  nodesWithLines: () => readonly GraphNode[] = () => model.nodes,
): Promise<InferenceSession> {
  const { InferenceSession } = await loadRuntime();
  try {
    return await InferenceSession.create(model.bytes, { ...SESSION_OPTIONS, ...options });
  } catch (cause) {
    throw runtimeError('onnxruntime rejected the traced graph', cause, nodesWithLines());
  }
}

/** An error of ONNX Runtime with the op, the shapes and the model line of the node that it names. */
export function runtimeError(
  summary: string,
  cause: unknown,
  nodes: readonly GraphNode[],
): EngineError {
  const message = withSignedPositions(messageOf(cause));
  return new EngineError(`${summary}: ${message}${failedNode(nodes, message)}`, { cause });
}

/** Negative positions as they were before `checkedPositions` made them unsigned. */
function withSignedPositions(message: string): string {
  return message.replace(/\b\d{10}\b/g, (digits) => {
    const number = Number(digits);
    return String(number >= 2 ** 31 && number < 2 ** 32 ? number - 2 ** 32 : number);
  });
}

function failedNode(nodes: readonly GraphNode[], message: string): string {
  for (const { op, index } of nodesNamedIn(message)) {
    const node = nodes[index];
    if (node?.op !== op) continue;
    const operands = node.inputs
      .map((value) => (value ? printType(uncast(value)) : 'nothing'))
      .join(', ');
    const stack = node.origin?.call?.stack;
    const tfjsOp = runningOp(stack);
    const line = modelLine(stack);
    const operation = tfjsOp === undefined ? op : `${op} for tf.${tfjsOp}`;
    return ` (${operation} of ${operands})${line === undefined ? '' : `\n    at ${line}`}`;
  }
  return '';
}

/** Positions before the casts that `checkedPositions` adds. */
function uncast(value: Value): Value {
  const { source, type } = value;
  if (source.kind !== 'node' || source.node.op !== 'Cast') return value;
  const [before] = source.node.inputs;
  return before !== undefined && (type === 'int64' || type === 'uint32') ? uncast(before) : value;
}

export function runtimeTensor(
  { Tensor }: Pick<typeof import('onnxruntime-node'), 'Tensor'>,
  type: ElementType,
  data: ConstantData,
  shape: readonly number[],
): Tensor {
  return new Tensor(type as Exclude<ElementType, 'bfloat16'>, data, shape);
}
