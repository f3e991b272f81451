import { type Attribute, type ConstantData, nodesFor, type Value } from './graph.ts';

/** Constants of at most this many numbers are printed in full. */
const SHORT = 8;

/**
 * The graph that computes some named values, as text, one node per line:
 *
 *   inputs a: float32[3,4], b: float32[4,5]
 *   %0: float32[3,5] = FusedMatMul(a, b) alpha=0.25
 *   %1: float32[3] = ReduceSum(%0, [1]) keepdims=0
 *   outputs y = %1
 */
export function printGraph(outputs: ReadonlyMap<string, Value>): string {
  const nodes = nodesFor([...outputs.values()]);
  const inputs = new Set<Value>();
  const names = new Map<Value, string>();
  const nameOf = (value: Value | undefined): string => {
    if (value === undefined) return '_';
    const { source } = value;
    if (source.kind === 'input') inputs.add(value);
    if (source.kind === 'input') return source.name;
    if (source.kind === 'constant') return printConstant(value, source.data);
    const name = names.get(value) ?? `%${names.size}`;
    names.set(value, name);
    return name;
  };
  const typed = (value: Value): string => `${nameOf(value)}: ${printType(value)}`;
  const lines = nodes.map((node) => {
    const operands = node.inputs.map(nameOf).join(', ');
    const attributes = Object.entries(node.attributes).map(
      ([name, value]) => ` ${name}=${printAttribute(value)}`,
    );
    return `${node.outputs.map(typed).join(', ')} = ${node.op}(${operands})${attributes.join('')}`;
  });
  const results = [...outputs].map(([name, value]) => `${name} = ${nameOf(value)}`);
  return [
    `inputs ${[...inputs].map(typed).join(', ')}`,
    ...lines,
    `outputs ${results.join(', ')}`,
  ].join('\n');
}

/** Element type and shape, as `float32[3,4]`. */
export function printType({ type, shape }: Pick<Value, 'type' | 'shape'>): string {
  return `${type}[${shape}]`;
}

function printConstant(value: Value, data: ConstantData): string {
  if (value.shape.length === 0) return String(data[0]);
  if (value.shape.length === 1 && data.length <= SHORT) return `[${data.join(',')}]`;
  return `constant ${printType(value)}`;
}

function printAttribute(value: Attribute): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return 'float' in value ? String(value.float) : `[${value}]`;
}
