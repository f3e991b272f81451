import { criticalN } from './critical-n.ts';
import { realiseExactly, realiseInFloat32 } from './cyclic.ts';
import { limitSmall, type Relevance, subsetsOf } from './subsets.ts';
import type { CriticalNRow, CyclicRow, TrainingRow } from './tables.ts';
import { type StoppingRule, trainFreeEmbeddings } from './training.ts';

export interface TrainingSettings extends StoppingRule {
  /** Dimension of the vectors. */
  readonly d: number;
  readonly temperature: number;
  readonly learningRate: number;
}

interface CriticalNSettings extends TrainingSettings {
  /** Documents per query. */
  readonly k: number;
  /** The search starts from this many documents per dimension. */
  readonly startPerDimension: number;
}

/**
 * Searches the largest n whose subsets of k documents are all learned.
 *
 * @param onTraining called before each training @throws to stop
 */
export async function searchCriticalN(
  settings: CriticalNSettings,
  seed: number,
  onTraining: () => void,
): Promise<{ readonly critical: CriticalNRow; readonly trainings: readonly TrainingRow[] }> {
  const { d, k, startPerDimension } = settings;
  const trainings: TrainingRow[] = [];
  const { critical, largest } = await criticalN(startPerDimension * d, async (n) => {
    onTraining();
    // Without other documents to rank below them, any vectors will do.
    if (n <= k) return true;
    const training = await train(settings, n, subsetsOf(n, k), seed);
    trainings.push(training);
    return training.accuracy === 1;
  });
  return { critical: { d, seed, criticalN: critical, largestN: largest }, trainings };
}

/** Trains free embeddings on LIMIT-small, or on fewer of its documents and queries. */
export function trainLimitSmall(
  settings: TrainingSettings,
  documents: number,
  queries: number,
  seed: number,
): Promise<TrainingRow> {
  return train(settings, documents, limitSmall(documents, queries), seed);
}

async function train(
  { d, temperature, learningRate, ...rule }: TrainingSettings,
  n: number,
  relevance: Relevance,
  seed: number,
): Promise<TrainingRow> {
  const task = { n, d, relevance, temperature, learningRate, seed };
  const { steps, loss, accuracy } = await trainFreeEmbeddings(task, rule);
  return { d, seed, n, queries: relevance.length, steps, loss, accuracy };
}

/** Counts the subsets of at most k of m documents that the cyclic polytope of 2k dimensions realises. */
export function realiseSubsets(
  { m, k }: Pick<CyclicRow, 'm' | 'k'>,
  arithmetic: CyclicRow['arithmetic'],
): CyclicRow {
  const realise = arithmetic === 'exact' ? realiseExactly : realiseInFloat32;
  return { m, k, dimension: 2 * k, arithmetic, ...realise(m, k) };
}
