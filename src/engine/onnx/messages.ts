import {
  type Attribute,
  type ConstantData,
  ELEMENT_TYPE_CODE,
  type ElementType,
  type GraphNode,
  type Value,
} from '../graph/graph.ts';
import type { ProtobufWriter } from './protobuf.ts';

/** The messages of an ONNX file, with the field numbers of onnx.proto (IR version 9). */

const IR_VERSION = 9;

/** First fields of a ModelProto. */
export function writeHeader(to: ProtobufWriter): void {
  to.integer(1, IR_VERSION);
  to.text(2, 'shatter');
}

/** The GraphProto of a ModelProto. */
export function writeGraph(to: ProtobufWriter, write: () => void): void {
  to.message(7, write);
}

export function writeGraphName(to: ProtobufWriter): void {
  to.text(2, 'program');
}

/** An OperatorSetIdProto of a ModelProto. */
export function writeOperatorSet(to: ProtobufWriter, domain: string, version: number): void {
  to.message(8, () => {
    to.text(1, domain);
    to.integer(2, version);
  });
}

/** A NodeProto that makes an empty sequence of float tensors. */
export function writeEmptySequence(to: ProtobufWriter, name: string): void {
  to.message(1, () => {
    to.text(2, name);
    to.text(3, name);
    to.text(4, 'SequenceEmpty');
  });
}

/** The ValueInfoProto of a graph output that is a sequence of float tensors. */
export function writeSequenceOutput(to: ProtobufWriter, name: string): void {
  to.message(12, () => {
    to.text(1, name);
    to.message(2, () =>
      to.message(4, () =>
        to.message(1, () => to.message(1, () => to.integer(1, ELEMENT_TYPE_CODE.float32))),
      ),
    );
  });
}

/** A NodeProto that copies a value. */
export function writeIdentity(to: ProtobufWriter, from: string, name: string): void {
  to.message(1, () => {
    to.text(1, from);
    to.text(2, name);
    to.text(3, `output_${name}`);
    to.text(4, 'Identity');
  });
}

/** Operations that must have all their outputs. */
const ALL_OUTPUTS: ReadonlySet<string> = new Set(['Split', 'TopK']);

/** A NodeProto, named by its operation and number: messages of ONNX Runtime quote the name. */
export function writeNode(
  to: ProtobufWriter,
  node: GraphNode,
  index: number,
  nameOf: (value: Value) => string,
  isRead: (value: Value) => boolean,
): void {
  const outputs = node.outputs.map((value) => nameOf(value));
  // Trailing outputs that nothing reads are left out where ONNX allows it, and so not computed.
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
}

/** An AttributeProto; the last field of each kind is its AttributeType. */
function writeAttribute(to: ProtobufWriter, name: string, value: Attribute): void {
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
}

/** A TensorProto. */
export function writeInitializer(
  to: ProtobufWriter,
  name: string,
  value: Value,
  data: ConstantData,
): void {
  to.message(5, () => {
    for (const size of value.shape) to.integer(1, size);
    to.integer(2, ELEMENT_TYPE_CODE[value.type]);
    to.text(8, name);
    to.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  });
}

/** A size in the declaration of an input or output: a number, a name, or null for any. */
export type OpenSize = number | string | null;

type Declaration = [
  to: ProtobufWriter,
  name: string,
  type: ElementType,
  shape: readonly OpenSize[],
];

export function writeInput(...declaration: Declaration): void {
  writeValueInfo(11, ...declaration);
}

export function writeOutput(...declaration: Declaration): void {
  writeValueInfo(12, ...declaration);
}

/** A ValueInfoProto. */
function writeValueInfo(field: number, ...[to, name, type, shape]: Declaration): void {
  to.message(field, () => {
    to.text(1, name);
    to.message(2, () =>
      to.message(1, () => {
        to.integer(1, ELEMENT_TYPE_CODE[type]);
        to.message(2, () => {
          for (const size of shape) {
            to.message(1, () => {
              if (typeof size === 'number') to.integer(1, size);
              else if (size !== null) to.text(2, size);
            });
          }
        });
      }),
    );
  });
}
