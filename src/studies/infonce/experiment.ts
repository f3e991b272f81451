import { fitTable } from './fit.ts';
import { DATA_SETS, type Joint, jointOf } from './joints.ts';
import { type Accuracies, accuracies, measure, type TableMeasures } from './measures.ts';
import { OBJECTIVES, type TableObjective } from './objectives.ts';

/** One data set, one objective, one seed: what was learned, and how it compares. */
export interface LearnedTable {
  readonly joint: Joint;
  readonly objective: TableObjective;
  readonly seed: number;
  /** Scores; f = exp m. // [X, Y] */
  readonly m: Float64Array;
  readonly measures: TableMeasures;
  readonly accuracies: Accuracies;
}

export interface InfonceSettings {
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seeds: readonly number[];
}

/** The joints are made with this seed; what varies with the others are the batches. */
const JOINT_SEED = 1;

/** Learns every data set with every objective. */
export async function learnTables(
  { steps, batch, learningRate, seeds }: InfonceSettings,
  { signal, onTable }: { readonly signal?: AbortSignal; readonly onTable?: () => void } = {},
): Promise<readonly LearnedTable[]> {
  const learned: LearnedTable[] = [];
  for (const name of DATA_SETS) {
    const joint = jointOf(name, JOINT_SEED);
    for (const objective of OBJECTIVES) {
      for (const seed of seeds) {
        const options = { objective, steps, batch, learningRate, seed };
        const m = await fitTable(joint, signal === undefined ? options : { ...options, signal });
        learned.push({
          joint,
          objective,
          seed,
          m,
          measures: measure(joint, m),
          accuracies: accuracies(joint, m),
        });
        onTable?.();
      }
    }
  }
  return learned;
}
