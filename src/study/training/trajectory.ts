import { fixedSizeList, numbers } from '../../tables/column.ts';
import { readTable } from '../../tables/read.ts';
import { writeTable } from '../../tables/write.ts';

/** What a model predicts for its test queries at some steps of its training. N queries, K keys. */
export interface Trajectory {
  readonly game: string;
  /** d of a contrastive model. */
  readonly dim: number | undefined;
  readonly seed: number;
  /** N */
  readonly queries: number;
  /** K */
  readonly keys: number;
  /** 1 at the true keys. // [N, K] */
  readonly isTrue: Uint8Array;
  /** By rising step. */
  readonly points: readonly TrajectoryPoint[];
}

export interface TrajectoryPoint {
  /** Steps done. */
  readonly step: number;
  /** Scores of all keys. // [N, K] */
  readonly scores: Float32Array;
}

/** Writes one row per step and test query. */
export function writeTrajectory(path: string, trajectory: Trajectory): void {
  const { game, dim, seed, queries, keys, isTrue, points } = trajectory;
  const steps = new Uint32Array(points.length * queries);
  const truth = new Uint8Array(points.length * queries * keys);
  const scores = new Float32Array(points.length * queries * keys);
  points.forEach((point, i) => {
    steps.fill(point.step, i * queries, (i + 1) * queries);
    truth.set(isTrue, i * queries * keys);
    scores.set(point.scores, i * queries * keys);
  });
  writeTable(path, {
    metadata: { game, dim: String(dim ?? 'none'), seed: String(seed) },
    columns: {
      step: numbers('uint32', steps),
      isTrue: fixedSizeList('uint8', keys, truth),
      scores: fixedSizeList('float32', keys, scores),
    },
  });
}

/** Reads what `writeTrajectory` wrote; the arrays are views of the file. */
export function readTrajectory(path: string): Trajectory {
  const table = readTable(path, 'train-variant');
  const steps = [...new Set(table.numbers('step', 'uint32'))];
  const dim = table.note('dim');
  const queries = table.count / steps.length;
  const { size: keys, values: isTrue } = table.fixedSizeLists('isTrue', 'uint8');
  const { values: scores } = table.fixedSizeLists('scores', 'float32');
  return {
    game: table.note('game'),
    dim: dim === 'none' ? undefined : Number(dim),
    seed: Number(table.note('seed')),
    queries,
    keys,
    isTrue: isTrue.subarray(0, queries * keys),
    points: steps.map((step, i) => ({
      step,
      scores: scores.subarray(i * queries * keys, (i + 1) * queries * keys),
    })),
  };
}
