import { separableLabelings } from './cover.ts';
import { countAll, countRandom, randomPoints } from './labelings.ts';
import type { LabelingRow, VcDimensionRow } from './tables.ts';

interface LabelingSettings {
  readonly seeds: readonly number[];
  /** All 2^n labelings are tried for d = 1 .. this and n = 1 .. d + 2. */
  readonly mostExhaustive: number;
  readonly random: {
    readonly dims: readonly number[];
    readonly points: readonly number[];
    /** Labelings drawn per set of points. */
    readonly tries: number;
  };
}

/** One set of points, and which of its labelings to try. */
type LabelingTask = Pick<LabelingRow, 'd' | 'n' | 'bias' | 'seed' | 'labelings'>;

export function labelingTasks(settings: LabelingSettings): readonly LabelingTask[] {
  const { seeds, mostExhaustive, random } = settings;
  const exhaustive = Array.from({ length: mostExhaustive }, (_, i) => i + 1).flatMap((d) =>
    Array.from({ length: d + 2 }, (_, i) => ({ d, n: i + 1, labelings: 'all' as const })),
  );
  const sampled = random.dims.flatMap((d) =>
    random.points.map((n) => ({ d, n, labelings: 'random' as const })),
  );
  return [...exhaustive, ...sampled].flatMap((task) =>
    (['without', 'with'] as const).flatMap((bias) => {
      // The random labelings vary enough on their own: one set of points is enough for them.
      const used = task.labelings === 'all' ? seeds : seeds.slice(0, 1);
      return used.map((seed) => ({ ...task, bias, seed }));
    }),
  );
}

/** Counts the separable labelings of a set of random points. @param tries random labelings drawn */
export async function countSeparable(task: LabelingTask, tries: number): Promise<LabelingRow> {
  const { d, bias, n, seed, labelings } = task;
  const hasBias = bias === 'with';
  const points = randomPoints(n, d, seed);
  const count = await (labelings === 'all'
    ? countAll(points, hasBias)
    : countRandom(points, hasBias, tries, seed));
  const cover = separableLabelings(n, hasBias ? d + 1 : d) / 2 ** n;
  return { d, bias, n, seed, labelings, ...count, cover };
}

/** The VC dimensions that follow from exhaustive rows, for every d and bias that they determine. */
export function vcDimensions(rows: readonly LabelingRow[]): readonly VcDimensionRow[] {
  const exhaustive = rows.filter(({ labelings }) => labelings === 'all');
  const dims = [...new Set(exhaustive.map(({ d }) => d))];
  return (['without', 'with'] as const).flatMap((bias) =>
    dims.flatMap((d) => {
      const counts = exhaustive.filter((row) => row.d === d && row.bias === bias);
      const isShattered = (n: number) =>
        counts.some((row) => row.n === n && row.separable === row.tried);
      const sizes = [...new Set(counts.map(({ n }) => n))].sort((a, b) => a - b);
      const at = sizes.findIndex((n) => !isShattered(n));
      if (at <= 0) return [];
      const unshattered = sizes[at];
      const sets = counts.filter(({ n }) => n === unshattered).length;
      return [{ d, bias, vcDimension: sizes[at - 1], unshattered, sets }];
    }),
  );
}
