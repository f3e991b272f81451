import { groupBy } from '../../tables/group-by.ts';
import { DATA_SETS, type DataSet, jointOf } from './joints.ts';
import { measure } from './measures.ts';
import { OBJECTIVES, type TableObjective } from './objectives.ts';
import { placeRows } from './places.ts';
import type { InfonceEvidence, LearnedTable, ScoreRow } from './tables.ts';
import { fitTable } from './training.ts';
import { wordRows } from './words.ts';

interface InfonceSettings {
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seeds: readonly number[];
}

/** One table to learn. */
interface TableTask {
  readonly data: DataSet;
  readonly objective: TableObjective;
  readonly seed: number;
}

/**
 * Every data set with every objective and seed, then the word pairs with InfoNCE and one seed, and the
 * place names with likelihood and InfoNCE.
 */
export function tableTasks(seeds: readonly number[]): readonly TableTask[] {
  const measured = DATA_SETS.flatMap((data) =>
    OBJECTIVES.flatMap((objective) => seeds.map((seed) => ({ data, objective, seed }))),
  );
  const places = (['likelihood', 'infonce'] as const).flatMap((objective) =>
    seeds.map((seed) => ({ data: 'place names' as const, objective, seed })),
  );
  return [...measured, { data: 'new york', objective: 'infonce', seed: seeds[0] }, ...places];
}

/** Learns one table: a score per pair of values. */
export async function learnTable(
  { data, objective, seed }: TableTask,
  { steps, batch, learningRate }: InfonceSettings,
  signal: AbortSignal,
): Promise<readonly ScoreRow[]> {
  const joint = jointOf(data);
  const options = { objective, steps, batch, learningRate, seed, signal };
  const scores = await fitTable(joint, options);
  return Array.from(scores, (score, i) => ({
    data,
    objective,
    seed,
    x: joint.rows[Math.floor(i / joint.columns.length)],
    y: joint.columns[i % joint.columns.length],
    score,
  }));
}

/** The learned tables, from their rows. */
export function tablesOf(rows: readonly ScoreRow[]): readonly LearnedTable[] {
  const tables = groupBy(rows, ({ data, objective, seed }) => `${data},${objective},${seed}`);
  return [...tables.values()].map((scores) => {
    const [{ data, objective, seed }] = scores;
    const m = Float64Array.from(scores, ({ score }) => score);
    return { joint: jointOf(data), objective, seed, m };
  });
}

/** Measures the learned tables. @throws Error if the word pairs or the place names are not among them */
export function evidenceOf(learned: readonly LearnedTable[]): InfonceEvidence {
  const words = learned.find(({ joint }) => joint.name === 'new york');
  if (words === undefined) throw new Error('no table of the word pairs was learned');
  const places = learned.filter(({ joint }) => joint.name === 'place names');
  if (places.length === 0) throw new Error('no table of the place names was learned');
  const tables = learned.filter((table) => table !== words && !places.includes(table));
  return {
    tables: tables.filter(({ seed }) => seed === words.seed),
    measures: tables.map(measure),
    words: wordRows(words),
    places: places
      .filter(({ objective }) => objective === 'infonce')
      .flatMap((infonce) => {
        const likelihood = places.find(
          ({ objective, seed }) => objective === 'likelihood' && seed === infonce.seed,
        );
        if (likelihood === undefined) throw new Error(`no likelihood with seed ${infonce.seed}`);
        return placeRows(likelihood, infonce);
      }),
  };
}
