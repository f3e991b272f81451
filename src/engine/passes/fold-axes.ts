import { sameShape } from '../graph/graph.ts';
import { replaceNode, type Uses } from './uses.ts';

/** A reduction followed by a reshape that restores its axes keeps them itself: gradients of a broadcast. */
export function foldAxes(uses: Uses): void {
  for (const node of uses.nodes) {
    const [reduced] = node.inputs;
    if (node.op !== 'Reshape' || reduced?.source.kind !== 'node') continue;
    const { op, inputs, attributes, domain } = reduced.source.node;
    const [x, axes] = inputs;
    if (!op.startsWith('Reduce') || attributes.keepdims !== 0 || !uses.isReadOnce(reduced))
      continue;
    if (x === undefined || axes?.source.kind !== 'constant') continue;
    const removed = Array.from(axes.source.data, Number);
    const kept = x.shape.map((size, axis) => (removed.includes(axis) ? 1 : size));
    const [value] = node.outputs;
    if (!sameShape(kept, value.shape)) continue;
    replaceNode(value, { op, domain, inputs, attributes: { ...attributes, keepdims: 1 } });
  }
}
