import { type HalfType, halfBits } from './half.ts';

/**
 * Element types of values inside a graph; int64 and uint32 only ever hold shapes, axes and indices, sixteen-bit
 * numbers are stored and rounded to, but not computed with.
 */
export type ElementType = 'float32' | 'int32' | 'int64' | 'uint32' | 'bool' | HalfType;
/** Their numbers in ONNX (TensorProto.DataType). */
export const ELEMENT_TYPE_CODE: Readonly<Record<ElementType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  uint32: 12,
  bfloat16: 16,
};
export type ConstantData =
  | Float32Array
  | Int32Array
  | BigInt64Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;
/** An ONNX attribute: plain numbers are integers, floats are marked. */
export type Attribute = number | string | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

/** What gives a value. A node's value turns into a constant once it has been computed for a read. */
export type Source =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'constant'; readonly data: ConstantData }
  | { readonly kind: 'node'; readonly node: GraphNode };

/** A tensor of the graph. */
export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly type: ElementType;
  source: Source;
}

/** The kernel call that recorded a node. */
export interface Origin {
  /** The tfjs kernel. */
  readonly kernel: string;
  /** An Error created there, if stacks are recorded; its `stack` is formatted when it is first read. */
  readonly call: { readonly stack?: string } | undefined;
}

/** An ONNX operation. Absent optional inputs are `undefined`. */
export interface GraphNode {
  readonly id: number;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
  /** Operation and attributes as a text. */
  readonly signature: string;
  readonly origin?: Origin | undefined;
}

export interface Output {
  readonly shape: readonly number[];
  readonly type: ElementType;
}

/** Domain of ONNX Runtime's own fused operations. */
export const MICROSOFT = 'com.microsoft';

const SMALL_CONSTANT_BYTES = 4096;

// Shared by all graphs: a step that captures a tensor uses a value of another graph.
let lastId = 0;

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/**
 * Builds a graph of values and nodes. Equal nodes and equal small constants are recorded once (common
 * subexpression elimination); encoding leaves out nodes that no output needs.
 */
export class Graph {
  /** Outputs of nodes, and small constants, by what defines them. */
  readonly #existing = new Map<string, readonly Value[]>();
  /** The call that new nodes come from. */
  origin: Origin | undefined;

  input(name: string, shape: readonly number[], type: ElementType): Value {
    return { id: ++lastId, shape, type, source: { kind: 'input', name } };
  }

  constant(data: ConstantData, shape: readonly number[], type: ElementType): Value {
    const make = (): Value[] => [this.computed(data, shape, type)];
    if (data.byteLength > SMALL_CONSTANT_BYTES) return make()[0];
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
    return this.#once(`constant|${type}|${shape}|${bytes}`, make)[0];
  }

  /** A constant that no equal one is looked up for. */
  computed(data: ConstantData, shape: readonly number[], type: ElementType): Value {
    return { id: ++lastId, shape, type, source: { kind: 'constant', data } };
  }

  scalar(value: number, type: ElementType = 'float32'): Value {
    return this.constant(dataOf([value], type), [], type);
  }

  /** A vector of int64, ONNX's type for shapes, axes and positions. */
  ints(values: readonly number[]): Value {
    return this.constant(dataOf(values, 'int64'), [values.length], 'int64');
  }

  /** Adds an operation with one output. */
  op(
    op: string,
    inputs: readonly (Value | undefined)[],
    shape: readonly number[],
    type: ElementType,
    attributes: Attributes = {},
    domain = '',
  ): Value {
    return this.ops(op, inputs, [{ shape, type }], attributes, domain)[0];
  }

  /** Adds an operation with several outputs. */
  ops(
    op: string,
    inputs: readonly (Value | undefined)[],
    outputs: readonly Output[],
    attributes: Attributes = {},
    domain = '',
  ): readonly Value[] {
    const ids = inputs.map((value) => value?.id ?? 0).join(',');
    const signature = signatureOf(domain, op, attributes);
    return this.#once(`${ids}|${signature}`, () => {
      const values: Value[] = [];
      const { origin } = this;
      const id = ++lastId;
      const node = { id, op, domain, inputs, attributes, outputs: values, signature, origin };
      for (const { shape, type } of outputs) {
        values.push({ id: ++lastId, shape, type, source: { kind: 'node', node } });
      }
      return values;
    });
  }

  /** Number of distinct nodes and small constants recorded since the last `forget`. */
  get size(): number {
    return this.#existing.size;
  }

  /** Drops the table of existing nodes, so that values that nothing else refers to can be collected. */
  forget(): void {
    this.#existing.clear();
  }

  #once(key: string, make: () => readonly Value[]): readonly Value[] {
    const existing = this.#existing.get(key);
    if (existing !== undefined) return existing;
    const values = make();
    this.#existing.set(key, values);
    return values;
  }
}

export function dataOf(values: ArrayLike<number>, type: ElementType): ConstantData {
  switch (type) {
    case 'float32':
      return new Float32Array(values);
    case 'int32':
      return new Int32Array(values);
    case 'uint32':
      return new Uint32Array(values);
    case 'bool':
      return new Uint8Array(values);
    case 'float16':
    case 'bfloat16':
      return halfBits(values, type);
    case 'int64':
      return BigInt64Array.from(Array.from(values), BigInt);
  }
}

export function signatureOf(domain: string, op: string, attributes: Attributes): string {
  return `${domain}:${op}${JSON.stringify(attributes)}`;
}

/** The nodes that the values depend on, each after the nodes it depends on itself. */
export function nodesFor(values: readonly Value[]): GraphNode[] {
  const nodes = new Map<number, GraphNode>();
  const pending = [...values];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (value.source.kind !== 'node' || nodes.has(value.source.node.id)) continue;
    nodes.set(value.source.node.id, value.source.node);
    for (const input of value.source.node.inputs) if (input !== undefined) pending.push(input);
  }
  return [...nodes.values()].sort((a, b) => a.id - b.id);
}
