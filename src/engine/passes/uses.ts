import { type GraphNode, nodesFor, signatureOf, type Value } from '../graph/graph.ts';

/** The nodes that some outputs depend on, and which of them read each value. */
export interface Uses {
  readonly outputs: ReadonlySet<Value>;
  readonly nodes: readonly GraphNode[];
  /** Nodes that read a value, once per operand. */
  readersOf(value: Value): readonly GraphNode[];
  /** Whether the value is no output and exactly one node reads it. */
  isReadOnce(value: Value): boolean;
}

export function usesOf(outputs: readonly Value[]): Uses {
  const nodes = nodesFor(outputs);
  const readers = new Map<Value, GraphNode[]>();
  for (const node of nodes) {
    for (const value of node.inputs) {
      if (value === undefined) continue;
      const list = readers.get(value);
      if (list === undefined) readers.set(value, [node]);
      else list.push(node);
    }
  }
  const outputSet = new Set(outputs);
  const readersOf = (value: Value) => readers.get(value) ?? [];
  return {
    outputs: outputSet,
    nodes,
    readersOf,
    isReadOnce: (value) => !outputSet.has(value) && readersOf(value).length === 1,
  };
}

/** The node that computes a value, if it has this operation. */
export function producer(value: Value | undefined, op: string): GraphNode | undefined {
  return value?.source.kind === 'node' && value.source.node.op === op
    ? value.source.node
    : undefined;
}

/** The number that a value always is; undefined unless it is one constant number. */
export function constantNumber(value: Value | undefined): number | undefined {
  return value?.source.kind === 'constant' &&
    value.type === 'float32' &&
    value.source.data.length === 1
    ? Number(value.source.data[0])
    : undefined;
}

type Operation = Pick<GraphNode, 'op' | 'domain' | 'inputs' | 'attributes'>;

/** A new value, shaped as `like`, at the position of a node that nothing needs any more. */
export function valueInPlaceOf({ id, origin }: GraphNode, like: Value, node: Operation): Value {
  const outputs: Value[] = [];
  const source = { kind: 'node', node: { ...signed(node), id, outputs, origin } } as const;
  const value: Value = { id, shape: like.shape, type: like.type, source };
  outputs.push(value);
  return value;
}

/** Makes another node, with the same result, compute a value. */
export function replaceNode(value: Value, node: Operation): void {
  if (value.source.kind !== 'node')
    throw new Error(`${node.op} cannot replace a ${value.source.kind}`);
  const { id, origin } = value.source.node;
  value.source = { kind: 'node', node: { ...signed(node), id, outputs: [value], origin } };
}

function signed(node: Operation): Operation & Pick<GraphNode, 'signature'> {
  return { ...node, signature: signatureOf(node.domain, node.op, node.attributes) };
}
