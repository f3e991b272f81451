import type { FreeRow, LossRun } from '../../src/causes/evidence.ts';
import { LOSSES } from '../../src/study/training/step.ts';

const GAMES = ['union', 'shatter'] as const;

/** Runs of all models with both losses and five seeds, as predicted, with some of them changed. */
export function lossRuns(
  keys: number,
  dims: readonly number[],
  change: (run: LossRun) => Partial<LossRun> = () => ({}),
): readonly LossRun[] {
  return GAMES.flatMap((game) =>
    LOSSES.flatMap((loss) =>
      [...dims, undefined].flatMap((dim) =>
        [1, 2, 3, 4, 5].map((seed): LossRun => {
          const geometry = dim === undefined ? 0 : 0.05 * Math.max(0, keys - dim);
          const objective = loss === 'infonce' && dim !== undefined ? 1.5 : 1;
          const run: LossRun = {
            deck: keys,
            game,
            model: dim === undefined ? 'noncontrastive' : 'contrastive',
            dim,
            seed,
            loss,
            queries: 100,
            trueKeys: 3,
            kl: (0.006 + geometry) * objective * (1 + 0.02 * seed),
            overlap: dim === undefined ? 0.999 : 0.95,
            entropy: 2,
            entropyMid: undefined,
            trueEntropy: 2,
            trueEntropyMid: undefined,
            falseMass: 0,
            falseMassMid: undefined,
            seenQueries: 0,
            seenAnswers: 0,
            klUnseen: undefined,
            overlapUnseen: undefined,
            rank: dim ?? keys,
            effectiveRank: dim ?? keys,
            parameters: 100_000 + (dim ?? 0),
            flops: 1e6,
          };
          return { ...run, ...change(run) };
        }),
      ),
    ),
  );
}

/** Free vectors as predicted: the whole deck is asked for on union, and keeps InfoNCE from zero at K - 1. */
export function freeRows(
  keys: number,
  dims: readonly number[],
  change: (row: FreeRow) => Partial<FreeRow> = () => ({}),
): readonly FreeRow[] {
  return GAMES.flatMap((game) =>
    LOSSES.flatMap((loss) =>
      dims.flatMap((dim) =>
        [0, 1, 2].map((restart): FreeRow => {
          const zero = 1e-6 * (1 + restart);
          const short = dim < keys - 1 ? 0.0003 : zero;
          const whole = game === 'union' ? 0.003 : 0.0002;
          const row = {
            deck: keys,
            game,
            dim,
            loss,
            restart,
            wholeDeck: game === 'union' ? 0.08 : 0,
            kl: loss === 'infonce' && dim < keys ? whole : short,
            overlap: 1,
          };
          return { ...row, ...change(row) };
        }),
      ),
    ),
  );
}
