import type { Attribute, ConstantData, ElementType, GraphNode, Value } from './graph.ts';
import { MICROSOFT, nodesFor } from './graph.ts';
import { ProtobufWriter } from './protobuf.ts';

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
  const kept = [...inputs].filter(([, value]) => used.has(value));
  const to = new ProtobufWriter();
  const operatorSet = (domain: string, version: number) =>
    to.message(8, () => {
      to.text(1, domain);
      to.integer(2, version);
    });
  to.integer(1, IR_VERSION);
  to.text(2, 'shatter');
  to.message(7, () => {
    if (nothingFirst) writeNothing(to);
    for (const [index, node] of nodes.entries()) writeNode(to, node, index, nameOf, isRead);
    for (const { name, value } of copies) writeIdentity(to, nameOf(value), name);
    to.text(2, 'program');
    for (const value of used) {
      const { source } = value;
      if (source.kind === 'constant') writeTensor(to, nameOf(value), value, source.data);
    }
    for (const [name, value] of kept) writeValueInfo(to, 11, name, value);
    if (nothingFirst) writeNothingInfo(to);
    for (const { name, value } of outputs) writeValueInfo(to, 12, name, value);
  });
  operatorSet('', OPSET);
  if (nodes.some(({ domain }) => domain === MICROSOFT)) operatorSet(MICROSOFT, 1);
  return { bytes: to.finish(), inputs: kept.map(([name]) => name), nodes };
};

/** An output that is an empty sequence of float tensors. */
const writeNothing = (to: ProtobufWriter): void =>
  to.message(1, () => {
    to.text(2, NOTHING);
    to.text(3, NOTHING);
    to.text(4, 'SequenceEmpty');
  });

const writeNothingInfo = (to: ProtobufWriter): void =>
  to.message(12, () => {
    to.text(1, NOTHING);
    to.message(2, () =>
      to.message(4, () =>
        to.message(1, () => to.message(1, () => to.integer(1, ELEMENT_TYPE.float32))),
      ),
    );
  });

const writeIdentity = (to: ProtobufWriter, from: string, name: string): void =>
  to.message(1, () => {
    to.text(1, from);
    to.text(2, name);
    to.text(3, `output_${name}`);
    to.text(4, 'Identity');
  });

/** Operations whose outputs must all be there. */
const ALL_OUTPUTS: ReadonlySet<string> = new Set(['Split', 'TopK']);

const writeNode = (
  to: ProtobufWriter,
  node: GraphNode,
  index: number,
  nameOf: (value: Value) => string,
  isRead: (value: Value) => boolean,
): void => {
  const outputs = node.outputs.map((value) => nameOf(value));
  // Trailing outputs nobody reads are left out where they may be: that spares computing them.
  const last = ALL_OUTPUTS.has(node.op)
    ? node.outputs.length - 1
    : node.outputs.findLastIndex(isRead);
  to.message(1, () => {
    for (const value of node.inputs) to.text(1, value === undefined ? '' : nameOf(value));
    for (const name of outputs.slice(0, Math.max(last, 0) + 1)) to.text(2, name);
    to.text(3, `${node.op}_${index}`);
    to.text(4, node.op);
    for (const [name, value] of Object.entries(node.attributes)) writeAttribute(to, name, value);
    if (node.domain !== '') to.text(7, node.domain);
  });
};

const writeAttribute = (to: ProtobufWriter, name: string, value: Attribute): void =>
  to.message(5, () => {
    to.text(1, name);
    if (typeof value === 'number') {
      to.integer(3, value);
      to.integer(20, 2);
    } else if (typeof value === 'string') {
      to.text(4, value);
      to.integer(20, 3);
    } else if ('float' in value) {
      to.float(2, value.float);
      to.integer(20, 1);
    } else {
      for (const item of value) to.integer(8, item);
      to.integer(20, 7);
    }
  });

const writeTensor = (to: ProtobufWriter, name: string, value: Value, data: ConstantData): void =>
  to.message(5, () => {
    for (const size of value.shape) to.integer(1, size);
    to.integer(2, ELEMENT_TYPE[value.type]);
    to.text(8, name);
    to.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  });

const writeValueInfo = (to: ProtobufWriter, field: number, name: string, value: Value): void =>
  to.message(field, () => {
    to.text(1, name);
    to.message(2, () =>
      to.message(1, () => {
        to.integer(1, ELEMENT_TYPE[value.type]);
        to.message(2, () => {
          for (const size of value.shape) to.message(1, () => to.integer(1, size));
        });
      }),
    );
  });
