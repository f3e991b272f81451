/** The keys that either object has, each once, sorted. */
export function unionOfKeys(a: object, b: object): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}

/** `a, b, c and 4 more` */
export function listSome(items: readonly string[], limit = 3): string {
  const more = items.length - limit;
  return items.slice(0, limit).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** An object without the keys whose value is `undefined`: an optional key is left out, not empty. */
export function present<const T extends object>(object: T): Present<T> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined),
  ) as Present<T>;
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
