import { modelName } from '../../study/metrics/runs.ts';
import type { VariantPoint } from '../../study/metrics/variant-table.ts';

/** Trainings with both recipes, looked at along the way; the variant is the recipe. */
export interface RecipeEvidence {
  readonly points: readonly VariantPoint[];
}

/** A training at its end. */
export type RecipeRun = VariantPoint;

/** The last point of each training. */
export function finalRuns(points: readonly VariantPoint[]): readonly RecipeRun[] {
  const last = new Map<string, VariantPoint>();
  for (const point of points) {
    const name = [point.variant, point.game, point.dim, point.seed].join();
    const before = last.get(name);
    if (before === undefined || point.step > before.step) last.set(name, point);
  }
  return [...last.values()];
}

/** Name of the model of a point: only the non-contrastive one has no d. */
export function dimName(dim: number | undefined): string {
  return modelName({ dim, model: 'noncontrastive' });
}
