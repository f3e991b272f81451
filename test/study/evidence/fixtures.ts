import { GAMES } from '../../../src/study/games/query-set.ts';
import type { RunMetrics } from '../../../src/study/metrics/runs.ts';
import { OTHER_METRICS } from '../other-metrics.ts';

const DIMS = [512, 27, 20, 16, 12, 8, 4, undefined];

/** KL as published: wide models solve everything, narrow ones the less the harder the game. */
function publishedKl(game: string, dim: number | undefined): number {
  if (dim === undefined || dim >= 27 || game === 'set') return 0.001;
  if (game === 'star') return dim === 4 ? 0.1 : 0.001;
  return 0.8 - dim / 40;
}

export type Change = (run: RunMetrics) => Partial<RunMetrics>;

/** Two seeds of every model with the published shapes; `change` replaces values of each run. */
export function published(
  change: Change = () => ({}),
  deck = 27,
  games: readonly string[] = GAMES,
) {
  return games.flatMap((game) =>
    DIMS.flatMap((dim) =>
      [1, 2].map((seed): RunMetrics => {
        const kl = publishedKl(game, dim) + seed * 1e-4;
        const run = {
          deck,
          game,
          model: dim === undefined ? 'noncontrastive' : 'contrastive',
          dim,
          seed,
          queries: 100,
          kl,
          overlap: 1 - kl / 2,
          entropy: 1 + kl,
          entropyMid: 2 + kl,
          trueEntropy: 1,
          trueEntropyMid: 2,
          falseMass: kl,
          falseMassMid: kl,
          ...OTHER_METRICS,
          parameters: dim === undefined ? 500 : 1000,
        };
        return { ...run, ...change(run) };
      }),
    ),
  );
}
