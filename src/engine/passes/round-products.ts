import {
  ELEMENT_TYPE_CODE,
  type GraphNode,
  nodesFor,
  signatureOf,
  type Value,
} from '../graph/graph.ts';
import type { HalfType } from '../graph/half.ts';

/**
 * Operations that lose nothing but digits in sixteen bits, as PyTorch's autocast lists them: products and
 * convolutions, which add up in float32. Everything else, so losses, norms, softmax and optimizers, stays in
 * float32: there, small numbers would vanish or large ones overflow.
 */
const SAFE: ReadonlySet<string> = new Set([
  'FusedMatMul',
  'MatMul',
  'Gemm',
  'FusedGemm',
  'Conv',
  'ConvTranspose',
  'Einsum',
]);

/** Rounds operands and results of safe operations to sixteen bits. */
export function roundProducts(outputs: readonly Value[], type: HalfType): void {
  const rounded = new Map<Value, Value>();
  const nodes = nodesFor(outputs);
  const roundedOf = (x: Value): Value => {
    const known = rounded.get(x) ?? roundTrip(x, x.id, type);
    rounded.set(x, known);
    return known;
  };
  for (const node of nodes) {
    const [result] = node.outputs;
    if (!SAFE.has(node.op) || result.type !== 'float32') continue;
    const inputs = node.inputs.map((x) => (x?.type === 'float32' ? roundedOf(x) : x));
    // The results of nodes keep their identity, so that readers see the rounded one.
    const exact: Value = { ...result };
    exact.source = { kind: 'node', node: { ...node, inputs, outputs: [exact] } };
    result.source = roundTrip(exact, node.id, type).source;
    if (result.source.kind === 'node') {
      result.source = { kind: 'node', node: { ...result.source.node, outputs: [result] } };
    }
    rounded.set(result, result);
  }
}

/** The nearest sixteen-bit numbers, as float32, by nodes after the id. */
function roundTrip(x: Value, after: number, type: HalfType): Value {
  const half = cast(x, after + 0.25, type);
  return cast(half, after + 0.5, 'float32');
}

function cast(x: Value, id: number, type: HalfType | 'float32'): Value {
  const outputs: Value[] = [];
  const attributes = { to: ELEMENT_TYPE_CODE[type] };
  const node: GraphNode = {
    id,
    op: 'Cast',
    domain: '',
    inputs: [x],
    attributes,
    outputs,
    signature: signatureOf('', 'Cast', attributes),
  };
  const value: Value = { id, shape: x.shape, type, source: { kind: 'node', node } };
  outputs.push(value);
  return value;
}
