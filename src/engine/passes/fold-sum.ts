import { type GraphNode, sameShape, type Value } from '../graph/graph.ts';
import { replaceNode, type Uses } from './uses.ts';

/** Up to this length an addition takes longer to start than to compute. */
const SHORT = 4096;
const MIN_TERMS = 3;

/**
 * A chain of additions of short vectors becomes one Sum: the gradients of a bias from all slices of a
 * batch. Scalars stay: ONNX Runtime computes the last term of a Sum first but the first term of a chain
 * of additions, and `globalNorm` relies on the latter.
 */
export function foldSums(uses: Uses): void {
  const folded = new Set<GraphNode>();
  // Last nodes first, so that a chain is seen before its parts.
  for (const node of uses.nodes.toReversed()) {
    if (folded.has(node) || !isVectorSum(node)) continue;
    const inner: GraphNode[] = [];
    const inputs = termsOf(node, uses, inner);
    if (inputs.length < MIN_TERMS) continue;
    for (const addition of inner) folded.add(addition);
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

/** The terms of a chain of additions, from first to last; the additions inside it are added to `inner`. */
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
