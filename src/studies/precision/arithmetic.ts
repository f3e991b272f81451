/** The techniques of Micikevicius et al., Mixed precision training, 2018. */
export interface Techniques {
  /** Weights are kept and updated in float32; layers read them rounded. */
  readonly master: boolean;
  /** The loss is multiplied by a scale, and gradients are divided by it again where weights are updated. */
  readonly scaling: boolean;
  /** Softmax, loss and sums over a batch in float32. */
  readonly losses: boolean;
}

/** Combinations of techniques, by the names that they have in tables. */
export const COMBINATIONS = {
  none: { master: false, scaling: false, losses: false },
  master: { master: true, scaling: false, losses: false },
  scaling: { master: false, scaling: true, losses: false },
  losses: { master: false, scaling: false, losses: true },
  'master, scaling': { master: true, scaling: true, losses: false },
  'master, losses': { master: true, scaling: false, losses: true },
  'scaling, losses': { master: false, scaling: true, losses: true },
  all: { master: true, scaling: true, losses: true },
} as const satisfies Readonly<Record<string, Techniques>>;
export type Combination = keyof typeof COMBINATIONS;

/** What a training computes in: float32, float16 with some techniques, or what the engine makes of float32. */
export const ARITHMETICS = [
  'float32',
  'none',
  'master',
  'scaling',
  'losses',
  'master, scaling',
  'master, losses',
  'scaling, losses',
  'all',
  'engine float16',
  'engine bfloat16',
] as const;
export type Arithmetic = (typeof ARITHMETICS)[number];
