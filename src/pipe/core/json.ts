/** Anything JSON can hold: parameters travel between processes and into action keys as this. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Instances share their params object: each is serialized once. */
const cachedTexts = new WeakMap<object, string>();

/** Equal values give equal texts, whatever built them: keys sorted, no spaces. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const cached = cachedTexts.get(value);
  if (cached !== undefined) return cached;
  const text = Array.isArray(value)
    ? `[${value.map((item) => canonicalJson(item)).join(',')}]`
    : `{${Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`)
        .join(',')}}`;
  cachedTexts.set(value, text);
  return text;
}
