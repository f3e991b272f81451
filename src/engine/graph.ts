/** Element types of values inside a graph; int64 only ever holds shapes, axes and indices. */
export type ElementType = 'float32' | 'int32' | 'int64' | 'bool';
export type ConstantData = Float32Array | Int32Array | BigInt64Array | Uint8Array;
/** An ONNX attribute: plain numbers are integers, floats are marked. */
export type Attribute = number | string | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

/** Where a value comes from. A computed value turns into a constant once it has been read. */
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

/**
 * Where a node comes from: the tfjs kernel that made it, and a stack taken there, where one was. It is
 * text only once it is asked for.
 */
export interface Origin {
  readonly kernel: string;
  readonly place: { readonly stack?: string } | undefined;
}

/** An ONNX operation. Absent optional inputs are `undefined`. */
export interface GraphNode {
  readonly id: number;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
  readonly origin?: Origin | undefined;
}

export interface Output {
  readonly shape: readonly number[];
  readonly type: ElementType;
}

/** Operator set of ONNX Runtime's own fused operations. */
export const MICROSOFT = 'com.microsoft';

const SMALL_CONSTANT_BYTES = 4096;

// Shared by all graphs: a value of one may be used in another, as when a step captures a tensor.
let lastId = 0;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/**
 * Builds a graph of values and nodes. Equal nodes and equal small constants are made once (common
 * subexpressions); nodes that no output needs are left out when the graph is encoded.
 */
export class Graph {
  readonly #known = new Map<string, readonly Value[]>();
  /** What nodes are made for at present. */
  origin: Origin | undefined;

  input(name: string, shape: readonly number[], type: ElementType): Value {
    return { id: ++lastId, shape, type, source: { kind: 'input', name } };
  }

  constant(data: ConstantData, shape: readonly number[], type: ElementType): Value {
    const make = (): Value[] => [{ id: ++lastId, shape, type, source: { kind: 'constant', data } }];
    if (data.byteLength > SMALL_CONSTANT_BYTES) return make()[0];
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
    return this.#once(`constant|${type}|${shape}|${bytes}`, make)[0];
  }

  scalar(value: number, type: ElementType = 'float32'): Value {
    return this.constant(dataOf([value], type), [], type);
  }

  /** A vector of int64, the type in which ONNX wants shapes, axes and positions. */
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
    return this.#once(`${domain}:${op}|${ids}|${JSON.stringify(attributes)}`, () => {
      const values: Value[] = [];
      const { origin } = this;
      const node = { id: ++lastId, op, domain, inputs, attributes, outputs: values, origin };
      for (const { shape, type } of outputs) {
        values.push({ id: ++lastId, shape, type, source: { kind: 'node', node } });
      }
      return values;
    });
  }

  /** How many nodes and small constants the table of known ones holds. */
  get size(): number {
    return this.#known.size;
  }

  /** Lets go of the table of known nodes, and so of values nothing else refers to. */
  forget(): void {
    this.#known.clear();
  }

  #once(key: string, make: () => readonly Value[]): readonly Value[] {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#known.set(key, made);
    return made;
  }
}

export const dataOf = (values: ArrayLike<number>, type: ElementType): ConstantData => {
  switch (type) {
    case 'float32':
      return new Float32Array(values);
    case 'int32':
      return new Int32Array(values);
    case 'bool':
      return new Uint8Array(values);
    case 'int64':
      return BigInt64Array.from(Array.from(values), BigInt);
  }
};

/** Nodes that the values need, in an order in which they can be computed. */
export const nodesFor = (values: readonly Value[]): GraphNode[] => {
  const found = new Map<number, GraphNode>();
  const pending = [...values];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (value.source.kind !== 'node' || found.has(value.source.node.id)) continue;
    found.set(value.source.node.id, value.source.node);
    for (const input of value.source.node.inputs) if (input !== undefined) pending.push(input);
  }
  return [...found.values()].sort((a, b) => a.id - b.id);
};
