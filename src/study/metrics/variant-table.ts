import { readTable } from '../../tables/read.ts';
import type { RowTypes } from '../../tables/records.ts';
import { rows } from '../../tables/rows.ts';
import { GAMES } from '../games/query-set.ts';

/** How well a model that was trained one way does, at one step of its training. */
export interface VariantPoint {
  readonly variant: string;
  readonly game: string;
  /** d of a contrastive model. */
  readonly dim: number | undefined;
  readonly seed: number;
  readonly step: number;
  /** Mean KL(true keys || prediction), nats. */
  readonly kl: number;
  /** Mean Top-K overlap. */
  readonly overlap: number;
}

export const VARIANT_TABLE: RowTypes<VariantPoint> = {
  variant: 'utf8',
  game: 'utf8',
  dim: 'int32',
  seed: 'int32',
  step: 'int32',
  kl: 'float64',
  overlap: 'float64',
};

/** Reads a table of variants. */
export function readVariants(path: string): readonly VariantPoint[] {
  return rows(readTable(path, 'compare-variants')).map((row) => ({
    variant: String(row.variant),
    game: String(row.game),
    dim: Number(row.dim),
    seed: Number(row.seed),
    step: Number(row.step),
    kl: Number(row.kl),
    overlap: Number(row.overlap),
  }));
}

/** Points by game, dimension, seed, variant (in the order of `variants`) and step. */
export function inOrder(
  points: readonly VariantPoint[],
  variants: readonly string[],
): readonly VariantPoint[] {
  const games: readonly string[] = GAMES;
  return points.toSorted(
    (a, b) =>
      games.indexOf(a.game) - games.indexOf(b.game) ||
      (a.dim ?? Number.MAX_VALUE) - (b.dim ?? Number.MAX_VALUE) ||
      a.seed - b.seed ||
      variants.indexOf(a.variant) - variants.indexOf(b.variant) ||
      a.step - b.step,
  );
}
