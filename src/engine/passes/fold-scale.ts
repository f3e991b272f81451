import type { Attributes, GraphNode } from '../graph/graph.ts';
import { constantNumber, producer, replaceNode, type Uses } from './uses.ts';

/**
 * Constant factors around a product become its `alpha`, which costs nothing: c (A B), (c A) B and
 * A (c B). So attention's 1 / sqrt(d) needs no pass over the scores or their gradient.
 */
export function foldScales(uses: Uses): void {
  for (const node of uses.nodes) if (node.op === 'FusedMatMul') foldOperands(node, uses);
  for (const node of uses.nodes) if (node.op === 'Mul') foldIntoProduct(node, uses);
}

/** c (A B), if nothing else reads the product. */
function foldIntoProduct(node: GraphNode, uses: Uses): void {
  for (const [at, operand] of node.inputs.entries()) {
    const factor = constantNumber(node.inputs[1 - at]);
    const product = producer(operand, 'FusedMatMul');
    if (factor === undefined || product === undefined || operand === undefined) continue;
    const [value] = node.outputs;
    if (!uses.isReadOnce(operand) || `${value.shape}` !== `${operand.shape}`) continue;
    replaceNode(value, { ...product, attributes: scaled(product.attributes, factor) });
    return;
  }
}

/** (c A) B, if only products read c A; otherwise it has to be computed anyway. */
function foldOperands(node: GraphNode, uses: Uses): void {
  const [value] = node.outputs;
  let alpha = 1;
  const inputs = node.inputs.map((operand) => {
    const scaling = producer(operand, 'Mul');
    if (operand === undefined || scaling === undefined || uses.outputs.has(operand)) return operand;
    if (!uses.readersOf(operand).every(({ op }) => op === 'FusedMatMul')) return operand;
    const at = scaling.inputs.findIndex((input) => constantNumber(input) !== undefined);
    const source = scaling.inputs[1 - at];
    if (at < 0 || source === undefined || `${source.shape}` !== `${operand.shape}`) return operand;
    alpha *= constantNumber(scaling.inputs[at]) ?? 1;
    return source;
  });
  if (alpha === 1) return;
  const current = producer(value, 'FusedMatMul') ?? node;
  replaceNode(value, { ...current, inputs, attributes: scaled(current.attributes, alpha) });
}

function scaled(attributes: Attributes, factor: number): Attributes {
  const { alpha } = attributes;
  const before = typeof alpha === 'object' && 'float' in alpha ? alpha.float : 1;
  return { ...attributes, alpha: { float: before * factor } };
}
