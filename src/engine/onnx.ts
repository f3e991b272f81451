import type { Attribute, ConstantData, ElementType, GraphNode, Value } from './graph.ts';
import { MICROSOFT, nodesFor } from './graph.ts';
import { delimited, type Field, float, integer, message } from './protobuf.ts';

/** A graph output under its public name. */
export interface NamedOutput {
  readonly name: string;
  readonly value: Value;
}

/** An ONNX file, and the graph inputs it kept: those that some output depends on. */
export interface EncodedModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly string[];
  readonly nodes: readonly GraphNode[];
}

const IR_VERSION = 9;
const OPSET = 18;
const ELEMENT_TYPE: Readonly<Record<ElementType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
};

export const onnxTypeCode = (type: ElementType): number => ELEMENT_TYPE[type];

/** Name of an output that holds nothing and comes first; see `run` in compiled.ts. */
export const NOTHING = 'nothing';

/**
 * Encodes what the outputs need as an ONNX model (field numbers from onnx.proto, IR version 9).
 * Constants become initializers; an output that is itself an input or a constant, or that is wanted
 * under two names, goes through an Identity node.
 */
export const encodeModel = (
  outputs: readonly NamedOutput[],
  inputs: ReadonlyMap<string, Value>,
  { nothingFirst = false }: { readonly nothingFirst?: boolean } = {},
): EncodedModel => {
  const nodes = nodesFor(outputs.map(({ value }) => value));
  const publicNames = new Map<Value, string>();
  const copies: NamedOutput[] = [];
  for (const output of outputs) {
    if (output.value.source.kind === 'node' && !publicNames.has(output.value)) {
      publicNames.set(output.value, output.name);
    } else copies.push(output);
  }
  const taken = new Set([...inputs.keys(), ...outputs.map(({ name }) => name)]);
  const used = new Set<Value>(copies.map(({ value }) => value));
  for (const node of nodes) for (const value of node.inputs) if (value) used.add(value);
  const local = new Map<Value, string>();
  const nameOf = (value: Value): string => {
    if (value.source.kind === 'input') return value.source.name;
    const known = publicNames.get(value) ?? local.get(value);
    if (known !== undefined) return known;
    let name = `${value.source.kind === 'constant' ? 'c' : 'v'}${local.size}`;
    while (taken.has(name)) name += '_';
    local.set(value, name);
    return name;
  };
  const isRead = (value: Value) => used.has(value) || publicNames.has(value);
  const encodedNodes = nodes.map((node, index) => encodeNode(node, index, nameOf, isRead));
  const identities = copies.map(({ name, value }) =>
    delimited(1, [
      delimited(1, nameOf(value)),
      delimited(2, name),
      delimited(3, `output_${name}`),
      delimited(4, 'Identity'),
    ]),
  );
  const constants = [...used].flatMap((value) =>
    value.source.kind === 'constant'
      ? [delimited(5, encodeTensor(nameOf(value), value, value.source.data))]
      : [],
  );
  const kept = [...inputs].filter(([, value]) => used.has(value));
  const nothing = nothingFirst ? encodeNothing() : { node: [], info: [] };
  const graph = [
    ...nothing.node,
    ...(process.env.REV ? [...encodedNodes].reverse() : encodedNodes),
    ...identities,
    delimited(2, 'program'),
    ...constants,
    ...kept.map(([name, value]) => delimited(11, encodeValueInfo(name, value))),
    ...nothing.info,
    ...outputs.map(({ name, value }) => delimited(12, encodeValueInfo(name, value))),
  ];
  const operatorSet = (domain: string, version: number) =>
    delimited(8, [delimited(1, domain), integer(2, version)]);
  const bytes = message([
    integer(1, IR_VERSION),
    delimited(2, 'shatter'),
    delimited(7, graph),
    operatorSet('', OPSET),
    ...(nodes.some(({ domain }) => domain === MICROSOFT) ? [operatorSet(MICROSOFT, 1)] : []),
  ]);
  return { bytes, inputs: kept.map(([name]) => name), nodes };
};

/** An output that is an empty sequence of float tensors. */
const encodeNothing = (): { readonly node: Field[]; readonly info: Field[] } => {
  const floats = delimited(1, [integer(1, ELEMENT_TYPE.float32)]);
  const sequence = delimited(4, [delimited(1, [floats])]);
  return {
    node: [
      delimited(1, [delimited(2, NOTHING), delimited(3, NOTHING), delimited(4, 'SequenceEmpty')]),
    ],
    info: [delimited(12, [delimited(1, NOTHING), delimited(2, [sequence])])],
  };
};

/** Operations whose outputs must all be there. */
const ALL_OUTPUTS: ReadonlySet<string> = new Set(['Split', 'TopK']);

const encodeNode = (
  node: GraphNode,
  index: number,
  nameOf: (value: Value) => string,
  isRead: (value: Value) => boolean,
): Field => {
  const outputs = node.outputs.map((value) => nameOf(value));
  // Trailing outputs nobody reads are left out where they may be: that spares computing them.
  const last = ALL_OUTPUTS.has(node.op)
    ? node.outputs.length - 1
    : node.outputs.findLastIndex(isRead);
  return delimited(1, [
    ...node.inputs.map((value) => delimited(1, value === undefined ? '' : nameOf(value))),
    ...outputs.slice(0, Math.max(last, 0) + 1).map((name) => delimited(2, name)),
    delimited(3, `${node.op}_${index}`),
    delimited(4, node.op),
    ...Object.entries(node.attributes).map(([name, value]) => encodeAttribute(name, value)),
    delimited(7, node.domain),
  ]);
};

const encodeAttribute = (name: string, value: Attribute): Field => {
  const typed = (type: number, ...fields: Field[]) =>
    delimited(5, [delimited(1, name), ...fields, integer(20, type)]);
  if (typeof value === 'number') return typed(2, integer(3, value));
  if (typeof value === 'string') return typed(3, delimited(4, value));
  if ('float' in value) return typed(1, float(2, value.float));
  return typed(7, ...value.map((item) => integer(8, item)));
};

const encodeTensor = (name: string, value: Value, data: ConstantData): Field[] => [
  ...value.shape.map((size) => integer(1, size)),
  integer(2, ELEMENT_TYPE[value.type]),
  delimited(8, name),
  delimited(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
];

const encodeValueInfo = (name: string, value: Value): Field[] => {
  const shape = value.shape.map((size) => delimited(1, [integer(1, size)]));
  const tensor = [integer(1, ELEMENT_TYPE[value.type]), delimited(2, shape)];
  return [delimited(1, name), delimited(2, [delimited(1, tensor)])];
};
