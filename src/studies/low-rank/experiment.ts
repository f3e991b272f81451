import type { Deck } from '../../study/deck/deck.ts';
import { meanOf } from '../../study/metrics/aggregates.ts';
import { closedFormRank } from '../pair-matrix.ts';
import { accuracyOf } from './accuracy.ts';
import { distinctQueries } from './queries.ts';
import type { LowRankRow } from './tables.ts';
import { type TrainingSettings, trainedScores } from './training.ts';
import { truncations } from './truncated-svd.ts';

interface LowRankSettings extends TrainingSettings {
  /** Dimensions to try: those below the rank, and always the rank itself. */
  readonly dims: readonly number[];
  readonly seeds: readonly number[];
}

/** Called before each training, with the dimensions that are done. @throws to stop */
type OnTraining = (done: number, total: number) => void;

/** Trained embeddings beside the truncated SVD, one row per dimension. */
export async function compareDimensions(
  deck: Deck,
  settings: LowRankSettings,
  onTraining: OnTraining,
): Promise<readonly LowRankRow[]> {
  const { attributes, values, keys } = deck;
  const queries = distinctQueries(deck);
  const rank = closedFormRank('shared', deck);
  const below = settings.dims.filter((d) => d < rank);
  const dims = [...new Set([...below, rank])].sort((a, b) => a - b);
  const rows: LowRankRow[] = [];
  for (const { d, scores, residual, rounded } of truncations(queries, keys, dims)) {
    const trained = [];
    for (const seed of settings.seeds) {
      onTraining(rows.length, dims.length);
      const learned = await trainedScores({ queries, keys, d, seed, ...settings });
      trained.push(accuracyOf(queries, keys, learned));
    }
    rows.push({
      attributes,
      values,
      keys,
      queries: queries.count,
      rank,
      d,
      accuracy: meanOf(trained.map(({ accuracy }) => accuracy)).mean,
      bestAccuracy: Math.max(...trained.map(({ accuracy }) => accuracy)),
      overlap: meanOf(trained.map(({ overlap }) => overlap)).mean,
      kl: meanOf(trained.map(({ kl }) => kl)).mean,
      svdAccuracy: accuracyOf(queries, keys, scores).accuracy,
      svdRounded: rounded,
      svdResidual: residual,
    });
  }
  return rows;
}
