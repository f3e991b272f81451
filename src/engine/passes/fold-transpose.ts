import type { GraphNode } from '../graph/graph.ts';
import { producer, replaceNode, type Uses, valueInPlaceOf } from './uses.ts';

/**
 * A' + B' becomes (A + B)'. Gradients of one weight that were each computed transposed are then
 * transposed once, and the product that computes A can add B itself.
 */
export function foldTransposes(uses: Uses): void {
  for (const node of uses.nodes) if (node.op === 'Add') foldSum(node, uses);
}

function foldSum(node: GraphNode, uses: Uses): void {
  const [a, b] = node.inputs.map((value) =>
    value !== undefined && uses.isReadOnce(value) ? producer(value, 'Transpose') : undefined,
  );
  if (a === undefined || b === undefined) return;
  if (`${a.attributes.perm}` !== `${b.attributes.perm}`) return;
  const [[x], [y]] = [a.inputs, b.inputs];
  if (x === undefined || y === undefined || `${x.shape}` !== `${y.shape}`) return;
  // The sum takes the position of the later of the two, which nothing reads any more.
  const later = a.id > b.id ? a : b;
  const sum = valueInPlaceOf(later, x, { op: 'Add', domain: '', inputs: [x, y], attributes: {} });
  replaceNode(node.outputs[0], { ...a, inputs: [sum] });
}
