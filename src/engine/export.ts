import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { EngineError } from './errors.ts';
import { Graph, type GraphNode, MICROSOFT, nodesFor, type Value } from './graph.ts';
import { encodeModel, type NamedOutput } from './onnx.ts';
import type { NamedValues, StepDefinition } from './program.ts';
import { stateName, trace } from './trace.ts';

/** Protobuf's limit, and so that of a model in one file. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Saves a function as a standard ONNX file, which any ONNX runtime can load: `inputs` and `outputs` by
 * their names (`output/<name>` where an input has the name too), with the shapes given. State that the
 * step does not change, such as the parameters of a trained model, is stored in the file; state that it
 * changes comes in as `state/<name>` and goes out as `next/<name>`. Inputs that no output depends on are
 * left out. The file appears whole or not at all.
 *
 * @throws EngineError when the step cannot be traced, or is too large for one file
 */
export const saveOnnx = async (path: string, definition: StepDefinition): Promise<void> =>
  writeWhole(path, standardModel(definition));

/** The same step with other values of its state. */
export const withState = (definition: StepDefinition, values: NamedValues): StepDefinition => ({
  ...definition,
  state: Object.fromEntries(
    Object.entries(definition.state).map(([name, spec]) => [
      name,
      { ...spec, values: values[name] ?? spec.values },
    ]),
  ),
});

/** The bytes of what `saveOnnx` saves. */
export const standardModel = (definition: StepDefinition): Uint8Array => {
  // Traced anew: what runs has been rewritten for ONNX Runtime.
  const traced = trace(definition);
  const graph = new Graph();
  const known = new Map<Value, Value>();
  for (const [name, { shape, dtype, values }] of Object.entries(definition.state)) {
    const value = traced.inputs.get(stateName(name));
    if (value === undefined || traced.nextState.has(name)) continue;
    known.set(value, graph.constant(values, shape, dtype));
  }
  const wanted = [...traced.outputs.values(), ...traced.nextState.values()];
  for (const node of nodesFor(wanted)) {
    const inputs = node.inputs.map((value) => value && (known.get(value) ?? value));
    const made = standardNode(graph, node, inputs);
    for (const [i, value] of node.outputs.entries()) known.set(value, made[i]);
  }
  const standard = (value: Value): Value => known.get(value) ?? value;
  const outputs: NamedOutput[] = [
    ...[...traced.outputs].map(([name, value]) => ({
      name: traced.inputs.has(name) ? `output/${name}` : name,
      value: standard(value),
    })),
    ...[...traced.nextState].map(([name, value]) => ({
      name: `next/${name}`,
      value: standard(value),
    })),
  ];
  const { bytes } = encodeModel(outputs, traced.inputs);
  if (bytes.byteLength > MOST_BYTES) {
    throw new EngineError(
      `the model takes ${bytes.byteLength} bytes, more than the ${MOST_BYTES} that one ONNX file can hold`,
    );
  }
  return bytes;
};

/** The node itself, or for ONNX Runtime's own operations the standard ones they stand for. */
const standardNode = (
  graph: Graph,
  { op, domain, outputs, attributes }: GraphNode,
  inputs: readonly (Value | undefined)[],
): readonly Value[] => {
  if (domain !== MICROSOFT) return graph.ops(op, inputs, outputs, attributes, domain);
  const [a, b] = inputs;
  if (op !== 'FusedMatMul' || a === undefined || b === undefined) {
    throw new EngineError(`operation ${op} is ONNX Runtime's own and has no standard form`);
  }
  const [{ shape, type }] = outputs;
  const left = attributes.transA ? transposed(graph, a) : a;
  const right = attributes.transB ? transposed(graph, b) : b;
  return [graph.op('MatMul', [left, right], shape, type)];
};

/** The last two axes exchanged. ONNX Runtime folds it into the product again. */
const transposed = (graph: Graph, x: Value): Value => {
  const axes = x.shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), ...axes.slice(-2).reverse()];
  return graph.op(
    'Transpose',
    [x],
    perm.map((axis) => x.shape[axis]),
    x.type,
    { perm },
  );
};

const writeWhole = async (path: string, bytes: Uint8Array): Promise<void> => {
  const unfinished = `${path}.${randomUUID()}`;
  try {
    const file = await open(unfinished, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(`cannot save ${path}: ${why}`, { cause });
  }
};
