import type { Coordinates, GatheredArtifact } from '../../pipe/pipeline/contract.ts';
import { readTable } from '../../tables/read.ts';
import { GAMES, type Game } from '../games/query-set.ts';

/** Means over the test queries of one trained model (`evaluate/metrics`) with its coordinates. */
export interface RunMetrics {
  readonly deck: number;
  readonly game: string;
  readonly model: string;
  /** d of a contrastive model; `undefined` for the non-contrastive one. */
  readonly dim: number | undefined;
  readonly seed: number;
  readonly queries: number;
  /** Mean number of true keys of a query. */
  readonly trueKeys: number;
  /** KL(uniform over the true keys || prediction), nats. */
  readonly kl: number;
  /** Share of the K highest-scored keys that are true. */
  readonly overlap: number;
  /** Entropy of the prediction over all keys, nats. */
  readonly entropy: number;
  /** The same over the queries with 10 to 20 true keys; `undefined` where there are none. */
  readonly entropyMid: number | undefined;
  /** Entropy of the truth, ln n for n true keys: what a perfect prediction has. */
  readonly trueEntropy: number;
  readonly trueEntropyMid: number | undefined;
  /** Share of the prediction on false keys. */
  readonly falseMass: number;
  readonly falseMassMid: number | undefined;
  /** Share of the test queries that are training queries. */
  readonly seenQueries: number;
  /** Share of the test queries whose true keys are those of a training query. */
  readonly seenAnswers: number;
  /** KL and overlap of the other test queries; `undefined` where there are none. */
  readonly klUnseen: number | undefined;
  readonly overlapUnseen: number | undefined;
  /** Numerical rank of the matrix of scores less their row means, test queries x keys. */
  readonly rank: number;
  /** exp of the entropy of its singular values (Roy and Vetterli 2007). */
  readonly effectiveRank: number;
  /** Number of trained parameters. */
  readonly parameters: number;
  /** Floating-point operations of one query's scores against all keys. */
  readonly flops: number;
}

/** Reads the gathered one-row tables. Order: deck, game by difficulty, model, falling dimension, seed. */
export function readMetrics(artifacts: readonly GatheredArtifact[]): readonly RunMetrics[] {
  return artifacts.map(({ path, axes }) => readRun(path, axes)).sort(compareRuns);
}

function readRun(path: string, axes: Coordinates): RunMetrics {
  const table = readTable(path, 'evaluate');
  const optional = (name: string) => {
    const [value] = table.values(name);
    return typeof value === 'number' ? value : undefined;
  };
  const number = (name: string) => optional(name) ?? Number.NaN;
  return {
    deck: Number(axes.deck),
    game: String(axes.game),
    model: String(axes.model),
    dim: axes.dim === undefined ? undefined : Number(axes.dim),
    seed: Number(axes.seed),
    queries: number('queries'),
    trueKeys: number('trueKeys'),
    kl: number('kl'),
    overlap: number('overlap'),
    entropy: number('entropy'),
    entropyMid: optional('entropyMid'),
    trueEntropy: number('trueEntropy'),
    trueEntropyMid: optional('trueEntropyMid'),
    falseMass: number('falseMass'),
    falseMassMid: optional('falseMassMid'),
    seenQueries: number('seenQueries'),
    seenAnswers: number('seenAnswers'),
    klUnseen: optional('klUnseen'),
    overlapUnseen: optional('overlapUnseen'),
    rank: number('rank'),
    effectiveRank: number('effectiveRank'),
    parameters: number('parameters'),
    flops: number('flops'),
  };
}

function compareRuns(a: RunMetrics, b: RunMetrics): number {
  const rank = ({ game }: RunMetrics) => GAMES.indexOf(game as Game);
  return (
    a.deck - b.deck ||
    rank(a) - rank(b) ||
    (b.dim ?? 0) - (a.dim ?? 0) ||
    a.model.localeCompare(b.model) ||
    a.seed - b.seed
  );
}

/** A model's name in figures and claims: `d = 27`, `non-contrastive`. */
export function modelName({ dim, model }: Pick<RunMetrics, 'dim' | 'model'>): string {
  if (dim !== undefined) return `d = ${dim}`;
  return model === 'noncontrastive' ? 'non-contrastive' : model;
}
