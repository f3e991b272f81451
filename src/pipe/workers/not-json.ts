/** A value that JSON does not have, and where it is. */
interface NotJson {
  readonly path: readonly (string | number)[];
  /** E.g. `a Date`. */
  readonly what: string;
}

/**
 * The first value that would come back from JSON as another one. A property that is `undefined` counts as
 * left out.
 */
export function findNotJson(
  value: unknown,
  path: NotJson['path'] = [],
  around: readonly object[] = [],
): NotJson | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : { path, what: String(value) };
  }
  if (typeof value !== 'object') return { path, what: describeType(typeof value) };
  if (around.includes(value)) return { path, what: 'a circle' };
  const inside = [...around, value];
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const found = findNotJson(item, [...path, i], inside);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    return { path, what: describeType((value.constructor as { name?: string })?.name ?? 'object') };
  }
  for (const [key, item] of Object.entries(value)) {
    const found = item === undefined ? undefined : findNotJson(item, [...path, key], inside);
    if (found !== undefined) return found;
  }
  return undefined;
}

function describeType(name: string): string {
  if (name === 'undefined') return 'undefined';
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`;
}
