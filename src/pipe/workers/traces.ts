/** What one object looked like. */
interface Look {
  readonly object: object;
  readonly keys: readonly PropertyKey[];
  readonly properties: readonly PropertyDescriptor[];
  /** Those with a value that an assignment can change. */
  readonly assignable: readonly PropertyKey[];
  readonly values: readonly unknown[];
  /** The others that `delete` removes. */
  readonly removable: readonly PropertyKey[];
  /** Number of properties that a loop over it finds. */
  readonly listed: number;
  readonly prototype: object | null;
  readonly isExtensible: boolean;
}

/** Set by zod when it is loaded, once for all who use it. */
const OF_PACKAGES = /^__zod_/;

/** Where to start besides the global object: what is reached from there by no property that has a value. */
const HIDDEN: readonly unknown[] = [
  Buffer,
  [][Symbol.iterator](),
  new Map().entries(),
  new Set().values(),
  ''[Symbol.iterator](),
  ''.matchAll(/./g),
  function* () {},
  async () => {},
  async function* () {},
];

/**
 * Finds what code has changed of what all code in a process shares: the global object, all that JavaScript and
 * Node put there, and the modules of Node.
 */
export class Traces {
  readonly #looks: Look[] = [];
  readonly #seen = new Set<unknown>();
  readonly #title = process.title;
  readonly #umask = process.umask();

  constructor() {
    // What Node keeps there changes all the time: listeners and its own functions are all that is looked at.
    this.#seen.add(process);
    const { _events: listeners } = process as unknown as { readonly _events: object };
    for (const object of [process, listeners]) this.#looks.push(lookAt(object));
    this.#follow([globalThis, ...HIDDEN]);
  }

  /** Remembers how modules of Node are. @param names without `node:` */
  remember(names: readonly string[]): void {
    this.#follow(names.map((name) => process.getBuiltinModule(name)));
  }

  /**
   * @param isAssigning whether properties can have been changed only by assigning to them and by `delete`, which
   *   takes a fraction of the time to find
   * @returns the name of something that is no longer as it was
   */
  find(isAssigning: boolean): string | undefined {
    if (process.exitCode !== undefined || process.title !== this.#title) return 'process';
    if (process.umask() !== this.#umask) return 'process.umask';
    for (const look of this.#looks) {
      const key = isAssigning ? firstAssigned(look) : firstChange(look);
      if (key !== undefined) return String(key);
    }
    return undefined;
  }

  #follow(roots: readonly unknown[]): void {
    const pending = [...roots];
    while (pending.length > 0) {
      const object = pending.pop();
      if (!isObject(object) || this.#seen.has(object)) continue;
      this.#seen.add(object);
      if (ArrayBuffer.isView(object)) continue;
      const look = lookAt(object);
      this.#looks.push(look);
      pending.push(look.prototype);
      for (const { value, get, set } of look.properties) pending.push(value, get, set);
    }
  }
}

function lookAt(object: object): Look {
  const keys = keysOf(object);
  const properties = keys.map((key) => descriptorOf(object, key));
  const assignable = keys.filter((_, i) => properties[i].writable === true);
  const removable = keys.filter((key, i) => {
    const { writable, configurable } = properties[i];
    // There are thousands of these, and nobody deletes one.
    const isOfFunction = typeof object === 'function' && (key === 'name' || key === 'length');
    return writable !== true && configurable === true && !isOfFunction;
  });
  return {
    object,
    keys,
    properties,
    assignable,
    values: assignable.map((key) => readOf(object, key)),
    removable,
    listed: countListed(object),
    prototype: Reflect.getPrototypeOf(object),
    isExtensible: Object.isExtensible(object),
  };
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function keysOf(object: object): readonly PropertyKey[] {
  const keys = Reflect.ownKeys(object);
  if (object === globalThis) return keys.filter((key) => !OF_PACKAGES.test(String(key)));
  return object === process ? keys.filter((key) => typeof key === 'string') : keys;
}

function descriptorOf(object: object, key: PropertyKey): PropertyDescriptor {
  return Reflect.getOwnPropertyDescriptor(object, key) ?? {};
}

function countListed(object: object): number {
  let count = 0;
  // Unlike lists of keys this makes none. What a prototype lists is there for all.
  for (const key in object) if (object !== globalThis || !OF_PACKAGES.test(key)) count += 1;
  return count;
}

function readOf(object: object, key: PropertyKey): unknown {
  return (object as Readonly<Record<PropertyKey, unknown>>)[key];
}

function firstAssigned(look: Look): PropertyKey | undefined {
  const { object, assignable, values, removable } = look;
  if (countListed(object) !== look.listed) return 'a property';
  // Without a function for each of thousands.
  for (let i = 0; i < assignable.length; i += 1) {
    if (!Object.is(readOf(object, assignable[i]), values[i])) return assignable[i];
  }
  return removable.find((key) => !Object.hasOwn(object, key));
}

function firstChange(before: Look): PropertyKey | undefined {
  const { object, keys, properties } = before;
  const now = keysOf(object);
  if (now.length !== keys.length) return now.find((key) => !keys.includes(key)) ?? 'a property';
  const isSame =
    Reflect.getPrototypeOf(object) === before.prototype &&
    Object.isExtensible(object) === before.isExtensible;
  if (!isSame) return 'a prototype';
  return keys.find((key, i) => {
    const old = properties[i];
    const { value, get, set, writable, enumerable, configurable } = descriptorOf(object, key);
    return !(
      Object.is(value, old.value) &&
      get === old.get &&
      set === old.set &&
      writable === old.writable &&
      enumerable === old.enumerable &&
      configurable === old.configurable
    );
  });
}
