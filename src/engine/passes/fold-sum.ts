import { type GraphNode, sameShape, type Value } from '../graph/graph.ts';
import { replaceNode, type Uses } from './uses.ts';

/** Numbers up to which an addition takes longer to start than to do. */
const SHORT = 4096;
const LEAST_TERMS = 3;

/**
 * Additions of short vectors, each read by the next only, become one sum: such are the gradients of a
 * bias by all slices of a batch. Numbers are left: ONNX Runtime computes a sum's last term first, but of
 * a chain of additions the first one, and `globalNorm` relies on that.
 */
export function foldSums(uses: Uses): void {
  const folded = new Set<GraphNode>();
  // Last nodes first, so that a sum is found before its parts.
  for (const node of uses.nodes.toReversed()) {
    if (folded.has(node) || !isVectorSum(node)) continue;
    const inner: GraphNode[] = [];
    const inputs = termsOf(node, uses, inner);
    if (inputs.length < LEAST_TERMS) continue;
    for (const one of inner) folded.add(one);
    replaceNode(node.outputs[0], { op: 'Sum', domain: '', inputs, attributes: {} });
  }
}

function isVectorSum({ op, inputs, outputs: [sum] }: GraphNode): boolean {
  return (
    op === 'Add' &&
    sum.type === 'float32' &&
    sum.shape.length === 1 &&
    sum.shape[0] <= SHORT &&
    inputs.every((value) => value !== undefined && sameShape(value.shape, sum.shape))
  );
}

/** What a sum adds up, from first to last; the additions it takes the place of go to `inner`. */
function termsOf(sum: GraphNode, uses: Uses, inner: GraphNode[]): readonly Value[] {
  const terms: Value[] = [];
  const pending = sum.inputs.toReversed();
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const node = value.source.kind === 'node' ? value.source.node : undefined;
    if (node !== undefined && isVectorSum(node) && uses.isReadOnce(value)) {
      inner.push(node);
      pending.push(...node.inputs.toReversed());
    } else terms.push(value);
  }
  return terms;
}
