import type { Json } from '../core/json.ts';

/** JSON Schema of draft 7. */
export type JsonSchema = { readonly [key: string]: Json };

/**
 * The schema of a stage's params as it applies to each of the places that they are merged from: no key is
 * required in any one of them. A list is replaced as a whole, so what is in it is complete.
 */
export function openParams(schema: JsonSchema): JsonSchema {
  const { required: _, oneOf, $schema: __, ...open } = schema;
  const opened: Record<string, Json> = { ...open };
  for (const key of ['properties', 'definitions'] as const) {
    if (open[key] !== undefined) opened[key] = mapValues(open[key] as JsonSchema);
  }
  for (const key of ['anyOf', 'allOf'] as const) {
    if (open[key] !== undefined) opened[key] = (open[key] as readonly JsonSchema[]).map(openParams);
  }
  // Without what is required, several may match.
  if (oneOf !== undefined) opened.anyOf = (oneOf as readonly JsonSchema[]).map(openParams);
  const { additionalProperties } = open;
  if (typeof additionalProperties === 'object') {
    opened.additionalProperties = openParams(additionalProperties as JsonSchema);
  }
  return opened;
}

function mapValues(schemas: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, openParams(schema as JsonSchema)]),
  );
}
