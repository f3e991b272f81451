import { type GraphNode, MICROSOFT, nodesFor, type Value } from '../graph/graph.ts';
import {
  type OpenSize,
  writeEmptySequence,
  writeGraph,
  writeGraphName,
  writeHeader,
  writeIdentity,
  writeInitializer,
  writeInput,
  writeNode,
  writeOperatorSet,
  writeOutput,
  writeSequenceOutput,
} from './messages.ts';
import { ProtobufWriter } from './protobuf.ts';

/** A graph output under its name in the file. */
export interface NamedOutput {
  readonly name: string;
  readonly value: Value;
}

export interface EncodedModel {
  /** The ONNX file. */
  readonly bytes: Uint8Array;
  /** Names of the graph inputs in it: those that some output depends on. */
  readonly inputs: readonly string[];
  readonly nodes: readonly GraphNode[];
  /** Name of the additional first output, if one was asked for. */
  readonly unreadableOutput: string | undefined;
}

const OPSET = 18;

export interface EncodeOptions {
  /** Name of an additional first output, an empty sequence of tensors; see `runInPlace`. */
  readonly unreadableOutput?: string;
  /** Shapes of inputs and outputs with open sizes: null, or the name of a size. */
  readonly openShapes?: ReadonlyMap<Value, readonly OpenSize[]>;
}

/**
 * Encodes what the outputs need as an ONNX model. Constants become initializers; an output that is
 * itself an input or a constant, or that has two names, goes through an Identity node.
 */
export function encodeModel(
  outputs: readonly NamedOutput[],
  inputs: ReadonlyMap<string, Value>,
  { unreadableOutput, openShapes }: EncodeOptions = {},
): EncodedModel {
  const nodes = nodesFor(outputs.map(({ value }) => value));
  const outputNames = new Map<Value, string>();
  const copies: NamedOutput[] = [];
  for (const output of outputs) {
    if (output.value.source.kind === 'node' && !outputNames.has(output.value)) {
      outputNames.set(output.value, output.name);
    } else copies.push(output);
  }
  const used = new Set<Value>(copies.map(({ value }) => value));
  for (const node of nodes) for (const value of node.inputs) if (value) used.add(value);
  const taken = new Set([...inputs.keys(), ...outputs.map(({ name }) => name)]);
  const nameOf = namer(outputNames, taken);
  const shapeOf = (value: Value) => openShapes?.get(value) ?? value.shape;
  const isRead = (value: Value) => used.has(value) || outputNames.has(value);
  const usedInputs = [...inputs].filter(([, value]) => used.has(value));
  const to = new ProtobufWriter();
  writeHeader(to);
  writeGraph(to, () => {
    if (unreadableOutput !== undefined) writeEmptySequence(to, unreadableOutput);
    for (const [index, node] of nodes.entries()) writeNode(to, node, index, nameOf, isRead);
    for (const { name, value } of copies) writeIdentity(to, nameOf(value), name);
    writeGraphName(to);
    for (const value of used) {
      const { source } = value;
      if (source.kind === 'constant') writeInitializer(to, nameOf(value), value, source.data);
    }
    for (const [name, value] of usedInputs) writeInput(to, name, value.type, shapeOf(value));
    if (unreadableOutput !== undefined) writeSequenceOutput(to, unreadableOutput);
    for (const { name, value } of outputs) writeOutput(to, name, value.type, shapeOf(value));
  });
  writeOperatorSet(to, '', OPSET);
  if (nodes.some(({ domain }) => domain === MICROSOFT)) writeOperatorSet(to, MICROSOFT, 1);
  const names = usedInputs.map(([name]) => name);
  return { bytes: to.finish(), inputs: names, nodes, unreadableOutput };
}

/** Names values: inputs and outputs by their own names, constants c0, c1, ..., others v1, v2, ... */
function namer(
  outputNames: ReadonlyMap<Value, string>,
  taken: ReadonlySet<string>,
): (value: Value) => string {
  const localNames = new Map<Value, string>();
  return (value) => {
    if (value.source.kind === 'input') return value.source.name;
    const known = outputNames.get(value) ?? localNames.get(value);
    if (known !== undefined) return known;
    let name = `${value.source.kind === 'constant' ? 'c' : 'v'}${localNames.size}`;
    while (taken.has(name)) name += '_';
    localNames.set(value, name);
    return name;
  };
}
