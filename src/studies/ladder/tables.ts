import type { RowTypes } from '../../tables/records.ts';

/**
 * The rungs of the ladder, from what is possible to what is trained; each adds one cause of error.
 *
 * - `optimum`: the least KL that any free vectors reached, whatever their start and objective: geometry alone
 * - `cross-entropy`: free vectors trained with row cross-entropy, from one start
 * - `infonce`: free vectors trained with symmetric InfoNCE
 * - `encoder`: a transformer that reads every set, trained with symmetric InfoNCE
 * - `half`: the same, trained on half of the sets and asked for the other half
 */
export const RUNGS = ['optimum', 'cross-entropy', 'infonce', 'encoder', 'half'] as const;
export type Rung = (typeof RUNGS)[number];

/** The error of one rung with vectors of d numbers; the optimum has the same value for every seed. */
export interface RungRow {
  readonly d: number;
  readonly seed: number;
  readonly rung: Rung;
  /** Mean KL of the softmax over the keys from the uniform distribution over a set, nats. */
  readonly kl: number;
  readonly overlap: number;
}

export const RUNG_TABLE: RowTypes<RungRow> = {
  d: 'int32',
  seed: 'int32',
  rung: 'utf8',
  kl: 'float64',
  overlap: 'float64',
};

/** How far one rung is above the one below it, for one seed. */
export interface Step {
  readonly d: number;
  readonly seed: number;
  readonly rung: Rung;
  readonly added: number;
}

export interface LadderEvidence {
  /** K: number of keys. */
  readonly keys: number;
  readonly rungs: readonly RungRow[];
}

/** Dimensions of the rungs, ascending. */
export function dimsOf(rungs: readonly RungRow[]): readonly number[] {
  return [...new Set(rungs.map(({ d }) => d))].sort((a, b) => a - b);
}

/** KL of a rung with vectors of d numbers, one per seed. */
export function klOf(rungs: readonly RungRow[], d: number, rung: Rung): readonly number[] {
  return rungs.filter((row) => row.d === d && row.rung === rung).map(({ kl }) => kl);
}

/** What every rung adds to the KL of the one below it; the optimum's own KL first. */
export function stepsOf(rungs: readonly RungRow[]): readonly Step[] {
  return rungs.map(({ d, seed, rung, kl }) => {
    const below = RUNGS[RUNGS.indexOf(rung) - 1];
    const base = rungs.find((row) => row.d === d && row.seed === seed && row.rung === below);
    return { d, seed, rung, added: kl - (base?.kl ?? 0) };
  });
}
