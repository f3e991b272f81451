import { Graph, type GraphNode, MICROSOFT, nodesFor, type Value } from '../graph/graph.ts';
import { EngineError } from '../step/errors.ts';

/**
 * A copy of the graph behind some values in which ONNX Runtime's own operations are replaced by the
 * standard ones they stand for. Returns the copy of every value.
 *
 * @param constants data for some of the graph's inputs
 * @throws EngineError when an operation has no standard form
 */
export function standardForm(
  values: readonly Value[],
  constants: ReadonlyMap<Value, (graph: Graph) => Value>,
): (value: Value) => Value {
  const graph = new Graph();
  const copies = new Map<Value, Value>();
  for (const [value, make] of constants) copies.set(value, make(graph));
  const copyOf = (value: Value): Value => copies.get(value) ?? value;
  for (const node of nodesFor(values)) {
    const inputs = node.inputs.map((value) => value && copyOf(value));
    const outputs = standardNode(graph, node, inputs);
    for (const [i, value] of node.outputs.entries()) copies.set(value, outputs[i]);
  }
  return copyOf;
}

function standardNode(
  graph: Graph,
  { op, domain, outputs, attributes }: GraphNode,
  inputs: readonly (Value | undefined)[],
): readonly Value[] {
  if (domain !== MICROSOFT) return graph.ops(op, inputs, outputs, attributes, domain);
  const [a, b] = inputs;
  if (op !== 'FusedMatMul' || a === undefined || b === undefined) {
    throw new EngineError(`operation ${op} is ONNX Runtime's own and has no standard form`);
  }
  const [{ shape, type }] = outputs;
  const left = attributes.transA ? transposed(graph, a) : a;
  const right = attributes.transB ? transposed(graph, b) : b;
  return [graph.op('MatMul', [left, right], shape, type)];
}

/** The last two axes swapped. ONNX Runtime folds it back into the product. */
function transposed(graph: Graph, x: Value): Value {
  const axes = x.shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), ...axes.slice(-2).reverse()];
  return graph.op(
    'Transpose',
    [x],
    perm.map((axis) => x.shape[axis]),
    x.type,
    { perm },
  );
}
