import type { Attributes, GraphNode } from '../graph/graph.ts';
import { constantNumber, producer, replaceNode, type Uses } from './uses.ts';

/** Products' factors are at most this, and at least its inverse. */
const MOST = 2 ** 24;

/**
 * Constant factors around a product become its `alpha`, which costs nothing: c (A B), (c A) B and
 * A (c B). So attention's 1 / sqrt(d) needs no pass over the scores or their gradient. Extreme factors stay
 * where they are: what they bring into float32's range, or out of it, is there or not when sums are made.
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
    const alpha = alphaOf(product) * factor;
    if (!isModerate(alpha)) continue;
    replaceNode(value, { ...product, attributes: withAlpha(product, alpha) });
    return;
  }
}

/** (c A) B, if only products read c A; otherwise it has to be computed anyway. */
function foldOperands(node: GraphNode, uses: Uses): void {
  const [value] = node.outputs;
  const current = producer(value, 'FusedMatMul') ?? node;
  let alpha = alphaOf(current);
  const inputs = node.inputs.map((operand) => {
    const scaling = producer(operand, 'Mul');
    if (operand === undefined || scaling === undefined || uses.outputs.has(operand)) return operand;
    if (!uses.readersOf(operand).every(({ op }) => op === 'FusedMatMul')) return operand;
    const at = scaling.inputs.findIndex((input) => constantNumber(input) !== undefined);
    const source = scaling.inputs[1 - at];
    if (at < 0 || source === undefined || `${source.shape}` !== `${operand.shape}`) return operand;
    const next = alpha * (constantNumber(scaling.inputs[at]) ?? 1);
    if (!isModerate(next)) return operand;
    alpha = next;
    return source;
  });
  if (alpha === alphaOf(current)) return;
  replaceNode(value, { ...current, inputs, attributes: withAlpha(current, alpha) });
}

function alphaOf({ attributes: { alpha } }: GraphNode): number {
  return typeof alpha === 'object' && 'float' in alpha ? alpha.float : 1;
}

function withAlpha({ attributes }: GraphNode, alpha: number): Attributes {
  return { ...attributes, alpha: { float: alpha } };
}

function isModerate(factor: number): boolean {
  return Math.abs(factor) <= MOST && Math.abs(factor) >= 1 / MOST;
}
