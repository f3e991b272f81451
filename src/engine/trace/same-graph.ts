import { type GraphNode, sameShape, type Value } from '../graph/graph.ts';
import type { NamedOutput } from '../onnx/encode.ts';
import { modelLine } from '../step/errors.ts';

/** Whether two traces' nodes do the same and give the same of their outputs; their inputs may differ. */
export function isSameNode(
  node: GraphNode,
  value: Value,
  other: GraphNode,
  otherValue: Value,
): boolean {
  return (
    node.signature === other.signature &&
    node.inputs.every((input, i) => (input === undefined) === (other.inputs[i] === undefined)) &&
    node.inputs.length === other.inputs.length &&
    node.outputs.indexOf(value) === other.outputs.indexOf(otherValue)
  );
}

export function isSameConstant(a: Value, b: Value): boolean {
  if (a.source.kind !== 'constant' || b.source.kind !== 'constant') return false;
  const [x, y] = [a.source.data, b.source.data];
  if (!sameShape(a.shape, b.shape) || x.length !== y.length) return false;
  if (x === y) return true;
  for (let i = 0; i < x.length; i++) if (!Object.is(x[i], y[i])) return false;
  return true;
}

/** Where two graphs differ: a node of the first, if it is known. */
export interface Difference {
  readonly node: GraphNode | undefined;
}

/** The first difference between two traces of a step, as its outputs are followed to what they depend on. */
export function differenceOf(
  first: readonly NamedOutput[],
  second: readonly NamedOutput[],
): Difference | undefined {
  const names = [first, second].map((list) => list.map(({ name }) => name).join());
  if (names[0] !== names[1]) return { node: undefined };
  const partners = new Map<Value, Value>();
  const pending = first.map(({ value }, i) => ({
    a: value,
    b: second[i].value,
    reader: undefined as GraphNode | undefined,
  }));
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const { a, b, reader } = pair;
    if (a === b || partners.get(a) === b) continue;
    partners.set(a, b);
    const [x, y] = [a.source, b.source];
    if (x.kind === 'node' && y.kind === 'node') {
      if (!isSameNode(x.node, a, y.node, b) || !sameShape(a.shape, b.shape)) {
        return { node: x.node };
      }
      for (const [i, input] of x.node.inputs.entries()) {
        const other = y.node.inputs[i];
        if (input && other) pending.push({ a: input, b: other, reader: x.node });
      }
    } else if (x.kind === 'input' && y.kind === 'input') {
      if (x.name !== y.name) return { node: reader };
    } else if (!isSameConstant(a, b)) return { node: x.kind === 'node' ? x.node : reader };
  }
  return undefined;
}

/** Which kernel and which model line recorded a node, as parts of a message; empty if unknown. */
export function placeOf(node: GraphNode | undefined): {
  readonly kernel: string;
  readonly line: string;
} {
  const line = modelLine(node?.origin?.call?.stack);
  return {
    kernel: node?.origin === undefined ? '' : ` (first at kernel ${node.origin.kernel})`,
    line: line === undefined ? '' : `\n    at ${line}`,
  };
}
