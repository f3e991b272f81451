import type { onnx as Onnx } from 'onnx-proto';
import onnxProto from 'onnx-proto';
import type { DType, TensorValues } from './program.ts';

const { onnx } = onnxProto as unknown as { onnx: typeof Onnx };

/** ONNX element types (onnx.proto, TensorProto.DataType). */
const ELEMENT_TYPE = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;
export type ElementType = keyof typeof ELEMENT_TYPE;

/** Name of a value inside the graph. */
export type ValueName = string;

export type Attribute = number | string | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

/** A value that the graph returns under a public name. */
export interface GraphOutput {
  readonly name: string;
  readonly value: ValueName;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

interface Node {
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly ValueName[];
  readonly outputs: readonly ValueName[];
  readonly attributes: Attributes;
}

/** ONNX operator set, and IR version 9 that goes with it. */
const OPSET = 18;
/** Domain of ONNX Runtime's own operators, such as FusedMatMul. */
export const MICROSOFT = 'com.microsoft';
/** Constants up to this many bytes are looked up by content. */
const SHARED_CONSTANT_BYTES = 4096;

/**
 * An ONNX graph under construction. Equal nodes and small equal constants exist once (common
 * subexpressions); what no output needs is left out when it is encoded.
 */
export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #constants = new Map<ValueName, Onnx.ITensorProto>();
  readonly #inputs = new Map<string, { shape: readonly number[]; dtype: DType }>();
  readonly #known = new Map<string, readonly ValueName[]>();
  #count = 0;

  input(name: string, shape: readonly number[], dtype: DType): ValueName {
    this.#inputs.set(name, { shape, dtype });
    return name;
  }

  constant(
    data: TensorValues | BigInt64Array,
    shape: readonly number[],
    type: ElementType,
  ): ValueName {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const shared = bytes.length <= SHARED_CONSTANT_BYTES;
    const key = `constant ${type} [${shape}] ${shared ? Buffer.from(bytes).toString('latin1') : ''}`;
    const known = shared ? this.#known.get(key) : undefined;
    if (known !== undefined) return known[0];
    const name = `c${this.#count++}`;
    this.#constants.set(name, {
      name,
      dims: [...shape],
      dataType: ELEMENT_TYPE[type],
      rawData: bytes.slice(),
    });
    if (shared) this.#known.set(key, [name]);
    return name;
  }

  /** A vector of int64, as the shape and axes operands of ONNX operators are. */
  integers(values: readonly number[]): ValueName {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length], 'int64');
  }

  scalar(value: number, dtype: DType = 'float32'): ValueName {
    return this.constant(typedArray(dtype, [value]), [], dtype);
  }

  /** Adds an operator with one output. */
  op(
    type: string,
    inputs: readonly ValueName[],
    attributes: Attributes = {},
    domain = '',
  ): ValueName {
    return this.ops(type, inputs, attributes, 1, domain)[0];
  }

  /** Adds an operator with several outputs. */
  ops(
    type: string,
    inputs: readonly ValueName[],
    attributes: Attributes,
    count: number,
    domain = '',
  ): readonly ValueName[] {
    const key = `${domain} ${type} ${inputs.join(',')} ${JSON.stringify(attributes)} ${count}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const outputs = Array.from({ length: count }, () => `t${this.#count++}`);
    this.#nodes.push({ type, domain, inputs, outputs, attributes });
    this.#known.set(key, outputs);
    return outputs;
  }

  /** The model as ONNX bytes, and the inputs it really reads. */
  encode(outputs: readonly GraphOutput[]): {
    readonly bytes: Uint8Array;
    readonly inputs: readonly string[];
    readonly nodes: number;
  } {
    const needed = new Set(outputs.map((output) => output.value));
    const kept = this.#nodes.filter(() => false);
    for (let i = this.#nodes.length - 1; i >= 0; i--) {
      const node = this.#nodes[i];
      if (!node.outputs.some((output) => needed.has(output))) continue;
      kept.push(node);
      for (const input of node.inputs) needed.add(input);
    }
    const nodes = kept.reverse().map((node, i) => ({
      name: `${node.type}_${i}`,
      opType: node.type,
      domain: node.domain,
      input: [...node.inputs],
      output: node.outputs.map((output, k) => (k === 0 || needed.has(output) ? output : '')),
      attribute: Object.entries(node.attributes).map(([name, value]) =>
        encodeAttribute(name, value),
      ),
    }));
    for (const { name, value } of outputs) {
      nodes.push({
        name: `output ${name}`,
        opType: 'Identity',
        domain: '',
        input: [value],
        output: [name],
        attribute: [],
      });
    }
    const inputs = [...this.#inputs].filter(([name]) => needed.has(name));
    const model = onnx.ModelProto.create({
      irVersion: 9,
      producerName: 'shatter',
      opsetImport: [
        { domain: '', version: OPSET },
        { domain: MICROSOFT, version: 1 },
      ],
      graph: {
        name: 'step',
        node: nodes,
        input: inputs.map(([name, { shape, dtype }]) => valueInfo(name, shape, dtype)),
        output: outputs.map(({ name, shape, dtype }) => valueInfo(name, shape, dtype)),
        initializer: [...this.#constants].flatMap(([name, tensor]) =>
          needed.has(name) ? [tensor] : [],
        ),
      },
    });
    return {
      bytes: onnx.ModelProto.encode(model).finish(),
      inputs: inputs.map(([name]) => name),
      nodes: nodes.length,
    };
  }
}

/** A typed array of a tensor's element type. */
export function typedArray(dtype: DType, values: ArrayLike<number> | number): TensorValues {
  const source = typeof values === 'number' ? { length: values } : values;
  const zero = (_: unknown, i: number) => (typeof values === 'number' ? 0 : Number(values[i]));
  if (dtype === 'int32') return Int32Array.from(source as ArrayLike<number>, zero);
  if (dtype === 'bool') return Uint8Array.from(source as ArrayLike<number>, zero);
  return Float32Array.from(source as ArrayLike<number>, zero);
}

function encodeAttribute(name: string, value: Attribute): Onnx.IAttributeProto {
  if (typeof value === 'string') return { name, type: 3, s: Buffer.from(value) };
  if (typeof value === 'number') return { name, type: 2, i: value };
  if ('float' in value) return { name, type: 1, f: value.float };
  return { name, type: 7, ints: [...value] };
}

function valueInfo(name: string, shape: readonly number[], dtype: DType): Onnx.IValueInfoProto {
  return {
    name,
    type: {
      tensorType: {
        elemType: ELEMENT_TYPE[dtype],
        shape: { dim: shape.map((size) => ({ dimValue: size })) },
      },
    },
  };
}
