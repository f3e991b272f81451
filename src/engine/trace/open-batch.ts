import {
  dataOf,
  type ElementType,
  Graph,
  type GraphNode,
  sameShape,
  type Value,
} from '../graph/graph.ts';
import { printType } from '../graph/print.ts';
import { castValue } from '../kernels/symbolic.ts';
import { EngineError } from '../step/errors.ts';
import { isSameConstant, isSameNode, placeOf } from './same-graph.ts';

/**
 * A graph for batches of every size. A step is traced with three sizes; the traces must be the same graph
 * but for constants, and those must follow from the size by a formula, which takes their place.
 */

/** A size of a shape: fixed, or a multiple of the batch's size and a rest. */
export type Dimension = number | { readonly factor: number; readonly rest: number };

export interface OpenGraph {
  /** Dimensions of inputs and outputs that depend on the size of the batch. */
  readonly dimensions: ReadonlyMap<Value, readonly Dimension[]>;
}

export function shapeAt(dimensions: readonly Dimension[], batch: number): number[] {
  return dimensions.map((d) => (typeof d === 'number' ? d : d.factor * batch + d.rest));
}

/** Sizes of a batch that no other size of the step is, so that none is taken for the batch by chance. */
export function traceSizes(taken: ReadonlySet<number>): [number, number, number] {
  const primes = [31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109];
  const [a = 113, b = 127, c = 131] = primes.filter((prime) => !taken.has(prime));
  return [a, b, c];
}

type Triple = readonly [Value, Value, Value];

/**
 * Makes the first of three traces valid for every size.
 *
 * @param outputs of each trace, in the same order
 * @param batch the input, and the axis of it, that has the batch's size
 * @throws EngineError when the traces differ in more than the size
 */
export function openBatch(
  outputs: readonly [readonly Value[], readonly Value[], readonly Value[]],
  sizes: readonly [number, number, number],
  batch: { readonly input: Value; readonly axis: number },
): OpenGraph {
  const dimensions = new Map<Value, readonly Dimension[]>();
  const formulas = new Formulas(batch.input, batch.axis);
  const partners = new Map<Value, Value>();
  const pending: Triple[] = outputs[0].map((value, i) => [value, outputs[1][i], outputs[2][i]]);
  for (const [first] of pending) dimensions.set(first, []);
  for (let triple = pending.pop(); triple !== undefined; triple = pending.pop()) {
    const [a, b, c] = triple;
    if (partners.get(a) === b) continue;
    partners.set(a, b);
    const [x, y, z] = [a.source, b.source, c.source];
    if (x.kind === 'input' || dimensions.has(a)) dimensions.set(a, dimensionsOf(triple, sizes));
    if (x.kind === 'constant' && y.kind === 'constant' && z.kind === 'constant') {
      if (!isSameConstant(a, b) || !isSameConstant(a, c)) formulas.replace(triple, sizes);
    } else if (x.kind === 'node' && y.kind === 'node' && z.kind === 'node') {
      requireSame(x.node, a, y.node, b);
      requireSame(x.node, a, z.node, c);
      for (const [i, input] of x.node.inputs.entries()) {
        const [second, third] = [y.node.inputs[i], z.node.inputs[i]];
        if (input && second && third) pending.push([input, second, third]);
      }
    } else if (x.kind !== y.kind || x.kind !== z.kind) throw otherGraph(undefined);
  }
  return { dimensions };
}

function requireSame(node: GraphNode, value: Value, other: GraphNode, otherValue: Value): void {
  if (!isSameNode(node, value, other, otherValue)) throw otherGraph(node);
}

function otherGraph(node: GraphNode | undefined): EngineError {
  const { kernel, line } = placeOf(node);
  return new EngineError(
    `the step computes something else for another size of the batch${kernel}: ` +
      `give the batch a fixed size${line}`,
  );
}

function dimensionsOf([a, b, c]: Triple, sizes: readonly [number, number, number]): Dimension[] {
  return a.shape.map((size, axis) => {
    const all = [size, b.shape[axis], c.shape[axis]] as const;
    if (all.every((n) => n === size)) return size;
    const line = lineThrough(all, sizes);
    if (line === undefined) throw otherGraph(a.source.kind === 'node' ? a.source.node : undefined);
    return line;
  });
}

/** The line through three points, if there is one. */
function lineThrough(
  values: readonly [number, number, number],
  sizes: readonly [number, number, number],
): { readonly factor: number; readonly rest: number } | undefined {
  const factor = (values[1] - values[0]) / (sizes[1] - sizes[0]);
  const rest = values[0] - factor * sizes[0];
  return isClose(values[2], factor * sizes[2] + rest) ? { factor, rest } : undefined;
}

/** float32's rounding. */
function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.abs(a);
}

/** Replaces constants by what computes them from the size of the batch. */
class Formulas {
  readonly #batch: Value;
  /** New values are made here, and take an id that puts them before their readers. */
  readonly #graph = new Graph();

  constructor(input: Value, axis: number) {
    const shape = this.#node(input.id, 'Shape', [input], [input.shape.length], 'int64');
    const position = this.#graph.scalar(axis, 'int64');
    this.#batch = this.#node(input.id, 'Gather', [shape, position], [], 'int64', { axis: 0 });
  }

  replace(triple: Triple, sizes: readonly [number, number, number]): void {
    const [a] = triple;
    const computed = this.#elements(triple, sizes) ?? this.#range(triple);
    if (computed === undefined) {
      throw new EngineError(
        `a constant ${printType(a)} of the step depends on the size of the batch in a way that the engine ` +
          'does not know: pass it as an input, or give the batch a fixed size',
      );
    }
    a.source = computed.source;
    if (a.source.kind === 'node') {
      const { node } = a.source;
      a.source = { kind: 'node', node: { ...node, outputs: [a] } };
    }
  }

  /** A constant of one shape whose elements lie on lines, or are parts of a batch. */
  #elements(triple: Triple, sizes: readonly [number, number, number]): Value | undefined {
    const [a, b, c] = triple;
    if (!sameShape(a.shape, b.shape) || !sameShape(a.shape, c.shape)) return undefined;
    const [x, y, z] = triple.map(({ source }) =>
      source.kind === 'constant'
        ? Array.from(source.data as ArrayLike<number | bigint>, Number)
        : [],
    );
    const points = x.map((value, i) => [value, y[i], z[i]] as const);
    const lines = points.map((point) => lineThrough(point, sizes));
    if (lines.every((line) => line !== undefined)) {
      const constant = (numbers: number[]) =>
        this.#graph.constant(dataOf(numbers, a.type), a.shape, a.type);
      const factor = constant(lines.map((line) => line.factor));
      const rest = constant(lines.map((line) => line.rest));
      const product = this.#node(a.id - 1, 'Mul', [this.#batchAs(a), factor], a.shape, a.type);
      return this.#node(a.id - 1, 'Add', [product, rest], a.shape, a.type);
    }
    const shares = points.map((point) => point[0] * sizes[0]);
    const areShares =
      a.type === 'float32' &&
      points.every((point, i) => point.every((n, j) => isClose(n, shares[i] / sizes[j])));
    if (!areShares) return undefined;
    const whole = this.#graph.constant(dataOf(shares, a.type), a.shape, a.type);
    return this.#node(a.id - 1, 'Div', [whole, this.#batchAs(a)], a.shape, a.type);
  }

  /** The numbers from 0 to the size of the batch. */
  #range(triple: Triple): Value | undefined {
    const areRanges = triple.every(
      ({ shape, source }) =>
        shape.length === 1 &&
        source.kind === 'constant' &&
        Array.from(source.data as ArrayLike<number | bigint>, Number).every((n, i) => n === i),
    );
    const [a] = triple;
    if (!areRanges || a.type === 'bool' || a.type === 'uint32') return undefined;
    const [zero, one] = [0, 1].map((n) => this.#graph.scalar(n, a.type));
    return this.#node(a.id - 1, 'Range', [zero, this.#batchAs(a), one], a.shape, a.type);
  }

  #batchAs({ id, type }: Value): Value {
    if (type === 'int64') return this.#batch;
    this.#graph.forget();
    return this.#placed(id - 1, castValue(this.#graph, this.#batch, type));
  }

  #node(
    after: number,
    op: string,
    inputs: readonly Value[],
    shape: readonly number[],
    type: ElementType,
    attributes: Readonly<Record<string, number>> = {},
  ): Value {
    this.#graph.forget();
    return this.#placed(after, this.#graph.op(op, inputs, shape, type, attributes));
  }

  #count = 0;

  /** Nodes run in the order of their ids: this one after the node or value with the id `after`. */
  #placed(after: number, value: Value): Value {
    if (value.source.kind !== 'node') return value;
    const id = after + ++this.#count * 1e-6;
    const outputs: Value[] = [];
    const placed: Value = {
      ...value,
      id,
      source: { kind: 'node', node: { ...value.source.node, id, outputs } },
    };
    outputs.push(placed);
    return placed;
  }
}
