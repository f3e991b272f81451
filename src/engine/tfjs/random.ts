/**
 * Everything that depends on how tfjs-core draws random numbers inside of its ops. An op such as
 * `randomUniform` makes an object of a distribution, whose `nextValue` fills the tensor. Without a seed of
 * its own it takes one from `Math.random`.
 */
import { tf } from './tf.ts';

/** tfjs's object of a distribution: `UniformRandom` or `MPRandGauss`. */
interface Drawer {
  nextValue(): number;
  random(): number;
}

/** What an op draws from. */
export type Distribution = (
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly deviation: number }
  | { readonly kind: 'truncated normal'; readonly mean: number; readonly deviation: number }
) & {
  /** The numbers that tfjs would draw with the seed, one per call. */
  readonly numbers: (seed: number) => () => number;
};

/** Random ops whose tensors hold numbers of one distribution. */
const RANDOM_OP = /^(random(Uniform|Normal|StandardNormal)|truncatedNormal)/;

/** What happens to random numbers inside of a traced step; the callbacks may throw. */
export interface RandomHooks {
  /** Code other than these ops calls `Math.random`. */
  drawOutsideOps(): number;
  /** A random op without a seed has made its distribution: its next tensor holds numbers of it. */
  draw(distribution: Distribution): void;
  /** A random op ends. */
  endDraw(): void;
}

/**
 * Watches random ops. Ops with a seed of their own draw the same numbers in every call, as in tfjs; nothing
 * happens to them.
 *
 * @returns a function that restores tfjs and `Math.random`
 */
export function interceptRandomOps(hooks: RandomHooks): () => void {
  const engine = tf.engine();
  const { random } = Math;
  const { startScope, endScope } = engine;
  const scopes: boolean[] = [];
  const isInRandomOp = (): boolean => scopes.includes(true);
  let isUnseeded = false;
  Math.random = () => {
    if (!isInRandomOp()) return hooks.drawOutsideOps();
    isUnseeded = true;
    return random();
  };
  const watch = (): (() => void) =>
    watchAssignments('random', (drawer) => {
      if (isUnseeded) hooks.draw(distributionOf(drawer as Drawer));
      isUnseeded = false;
    });
  let unwatch = (): void => {};
  engine.startScope = (name) => {
    const isRandom = RANDOM_OP.test(name ?? '');
    if (isRandom && !isInRandomOp()) {
      isUnseeded = false;
      unwatch = watch();
    }
    scopes.push(isRandom);
    startScope.call(engine, name);
  };
  engine.endScope = (result) => {
    if (scopes.pop() && !isInRandomOp()) {
      unwatch();
      hooks.endDraw();
    }
    endScope.call(engine, result);
  };
  return () => {
    unwatch();
    Math.random = random;
    engine.startScope = startScope;
    engine.endScope = endScope;
  };
}

/**
 * Sees objects get a property for the first time: tfjs's distributions are reachable in no other way.
 *
 * @returns a function that ends it
 */
function watchAssignments(property: string, seen: (object: object) => void): () => void {
  Object.defineProperty(Object.prototype, property, {
    configurable: true,
    set(this: object, value: unknown) {
      Object.defineProperty(this, property, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
      seen(this);
    },
  });
  return () => {
    Reflect.deleteProperty(Object.prototype, property);
  };
}

function distributionOf(drawer: Drawer): Distribution {
  const numbers = (seed: number) => {
    const random = generator(drawer, seed);
    // A copy that draws from another generator, and has no second normal number left over.
    const copy: Drawer = Object.assign(Object.create(Object.getPrototypeOf(drawer)), drawer, {
      random,
      nextVal: Number.NaN,
    });
    return () => copy.nextValue();
  };
  const { min, range, mean, stdDev, truncated } = drawer as unknown as Record<string, number>;
  if (range !== undefined) return { kind: 'uniform', low: min, high: min + range, numbers };
  const kind = truncated ? 'truncated normal' : 'normal';
  return { kind, mean, deviation: stdDev, numbers };
}

type DrawerClass = new (...parameters: readonly unknown[]) => Drawer;

/** tfjs's generator of uniform numbers below 1, with a seed. */
function generator(drawer: Drawer, seed: number): () => number {
  const Class = drawer.constructor as DrawerClass;
  const { random } =
    'range' in drawer ? new Class(0, 1, undefined, seed) : new Class(0, 1, undefined, false, seed);
  return random;
}

/** The same numbers as `generator`, for kernels that draw by themselves. */
export function uniformNumbers(seed: number): () => number {
  const [known] = uniform;
  if (known !== undefined) return known.numbers(seed);
  const restore = interceptRandomOps({
    drawOutsideOps: () => 0.5,
    draw: (distribution) => uniform.push(distribution),
    endDraw: () => {},
  });
  try {
    tf.randomUniform([1]).dispose();
  } finally {
    restore();
  }
  return uniform[0].numbers(seed);
}

const uniform: Distribution[] = [];

/** Makes tfjs draw, while `f` runs, the numbers that follow from a seed. */
export function withSeed<T>(seed: number | undefined, f: () => T): T {
  if (seed === undefined) return f();
  const { random } = Math;
  Math.random = seeds(seed);
  try {
    return f();
  } finally {
    Math.random = random;
  }
}

/**
 * A sequence of seeds in (0, 1), one for each random op of a run (Steele, Lea and Flood, Fast splittable
 * pseudorandom number generators, 2014; the 32-bit mix of T. Ettinger).
 */
export function seeds(seed: number): () => number {
  let state = Math.trunc(seed) | 0;
  // Seeds that differ above the lower 32 bits give other sequences too.
  state ^= Math.imul(Math.trunc(seed / 2 ** 32) | 0, 0x9e3779b1);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32 + 2 ** -34;
  };
}
