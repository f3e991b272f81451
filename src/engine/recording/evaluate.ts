import { type ConstantData, type GraphNode, nodesFor, type Value } from '../graph/graph.ts';
import { printType } from '../graph/print.ts';
import { type EncodedModel, encodeModel } from '../onnx/encode.ts';
import { type RuntimeTensors, requireRuntime } from '../onnx/onnxruntime.ts';
import { runtimeError, runtimeTensor } from '../onnx/session.ts';
import { EngineError } from '../step/errors.ts';
import { sessionOf } from './session-cache.ts';

/**
 * Computes recorded values, at once, and turns them into constants, so that nothing is computed twice.
 *
 * @throws EngineError when ONNX Runtime rejects the graph, or fails to run it
 */
export function evaluate(values: readonly Value[]): void {
  const outputs = values.filter(({ source }) => source.kind === 'node');
  if (outputs.length === 0) return;
  const nodes = nodesFor(outputs);
  const { key, inputs } = structureOf(nodes, outputs);
  const runtime = requireRuntime();
  const feeds: RuntimeTensors = {};
  for (const [i, value] of inputs.entries()) {
    feeds[inputName(i)] = runtimeTensor(runtime, value.type, constantOf(value), value.shape);
  }
  try {
    const session = sessionOf(key, () => encode(outputs, inputs));
    const fetches = Object.fromEntries(outputs.map((_, i) => [outputName(i), null]));
    const results = session.run(feeds, fetches, {});
    for (const [i, value] of outputs.entries()) {
      value.source = { kind: 'constant', data: results[outputName(i)].data as ConstantData };
    }
  } catch (cause) {
    throw runtimeError('onnxruntime cannot compute a tensor', cause, nodes);
  }
}

const inputName = (i: number): string => `input${i}`;
const outputName = (i: number): string => `output${i}`;

/** Positions of Slice's starts and ends among its inputs. */
const SLICE_BOUNDS: ReadonlySet<number> = new Set([1, 2]);

/** Constants that are part of a graph: shapes and axes, which ONNX Runtime needs to create a session. */
function partsOfGraph(nodes: readonly GraphNode[]): ReadonlySet<Value> {
  const parts = new Set<Value>();
  for (const { op, inputs } of nodes) {
    for (const [at, value] of inputs.entries()) {
      const isBound = op === 'Slice' && SLICE_BOUNDS.has(at);
      if (value?.type === 'int64' && value.source.kind === 'constant' && !isBound) parts.add(value);
    }
  }
  return parts;
}

/**
 * What graphs have in common that run the same code on other data, as a text, and the constants in it that
 * are data.
 */
function structureOf(
  nodes: readonly GraphNode[],
  outputs: readonly Value[],
): { readonly key: string; readonly inputs: readonly Value[] } {
  const parts = partsOfGraph(nodes);
  const names = new Map<Value, string>();
  const inputs: Value[] = [];
  const nameOf = (value: Value | undefined): string => {
    if (value === undefined) return '';
    const known = names.get(value);
    if (known !== undefined) return known;
    if (value.source.kind === 'input') {
      throw new EngineError(
        'a tensor made inside a traced step is used outside it, where it has no value: ' +
          'return it as an output',
      );
    }
    const isPart = parts.has(value);
    const name = isPart ? `(${constantOf(value)})` : `i${inputs.length}`;
    if (!isPart) inputs.push(value);
    names.set(value, name);
    return `${name}:${printType(value)}`;
  };
  let count = 0;
  const lines = nodes.map(({ signature, inputs: operands, outputs: results }) => {
    const line = `${signature}(${operands.map(nameOf).join(',')})`;
    for (const value of results) names.set(value, `${count++}`);
    return line + results.map(printType).join();
  });
  return { key: `${lines.join(';')}=>${outputs.map(nameOf)}`, inputs };
}

function constantOf({ source }: Value): ConstantData {
  if (source.kind !== 'constant') throw new EngineError('a tensor was not computed');
  return source.data;
}

/** The model with its data as inputs. */
function encode(outputs: readonly Value[], inputs: readonly Value[]): EncodedModel {
  const sources = inputs.map(({ source }) => source);
  for (const [i, value] of inputs.entries()) {
    value.source = { kind: 'input', name: inputName(i) };
  }
  try {
    return encodeModel(
      outputs.map((value, i) => ({ name: outputName(i), value })),
      new Map(inputs.map((value, i) => [inputName(i), value])),
    );
  } finally {
    for (const [i, value] of inputs.entries()) value.source = sources[i];
  }
}
