import { numbers, utf8 } from '../../tables/column.ts';
import { writeTable } from '../../tables/write.ts';
import { type Joint, marginals } from './joints.ts';
import { expNormalised } from './measures.ts';
import type { LearnedTable } from './study.ts';

/** One row per data set, objective and seed. Divergences in nats, accuracies as shares. */
export function writeMeasures(path: string, tables: readonly LearnedTable[]): void {
  const float = (pick: (table: LearnedTable) => number) => numbers('float64', tables.map(pick));
  writeTable(path, {
    columns: {
      data: utf8(tables.map(({ joint }) => joint.name)),
      objective: utf8(tables.map(({ objective }) => objective)),
      seed: numbers(
        'int32',
        tables.map(({ seed }) => seed),
      ),
      klJoint: float(({ measures }) => measures.klJoint),
      klRatio: float(({ measures }) => measures.klRatio),
      klCorrected: float(({ measures }) => measures.klCorrected),
      klJointAligned: float(({ measures }) => measures.klJointAligned),
      klRatioAligned: float(({ measures }) => measures.klRatioAligned),
      leak: float(({ measures }) => measures.leak),
      accuracyRaw: float(({ accuracies }) => accuracies.raw),
      accuracyCorrected: float(({ accuracies }) => accuracies.corrected),
      accuracyBest: float(({ accuracies }) => accuracies.best),
    },
  });
}

/** One row per word pair: p(y | x), the ratio, what was learned, and that times p(y), normalised. */
export function writeWords(path: string, joint: Joint, m: Float64Array): void {
  const { px, py } = marginals(joint);
  const f = expNormalised(m);
  const columns = joint.columns.length;
  const pairs = Array.from(joint.p, (p, i) => {
    const [x, y] = [Math.floor(i / columns), i % columns];
    return {
      word: joint.rows[x],
      next: joint.columns[y],
      conditional: p / px[x],
      ratio: p / (px[x] * py[y]),
      learned: f[i],
      corrected: correctedOf(joint, f, x)[y],
    };
  });
  const float = (pick: (pair: (typeof pairs)[number]) => number) =>
    numbers('float64', pairs.map(pick));
  writeTable(path, {
    columns: {
      word: utf8(pairs.map(({ word }) => word)),
      next: utf8(pairs.map(({ next }) => next)),
      conditional: float(({ conditional }) => conditional),
      ratio: float(({ ratio }) => ratio),
      learned: float(({ learned }) => learned),
      corrected: float(({ corrected }) => corrected),
    },
  });
}

/** The best y after an x, by f alone and by f p(y). */
export function bestNext(
  joint: Joint,
  m: Float64Array,
  word: string,
): { readonly raw: string; readonly corrected: string } {
  const x = joint.rows.indexOf(word);
  const columns = joint.columns.length;
  const f = expNormalised(m);
  const best = (scores: ArrayLike<number>) =>
    joint.columns.reduce((most, _, y) => (scores[y] > scores[most] ? y : most), 0);
  return {
    raw: joint.columns[best(f.slice(x * columns, (x + 1) * columns))],
    corrected: joint.columns[best(correctedOf(joint, f, x))],
  };
}

/** f(x, y) p(y) over its sum: p(y | x) where f is the ratio. // [Y] */
function correctedOf(joint: Joint, f: Float64Array, x: number): readonly number[] {
  const { py } = marginals(joint);
  const weighted = Array.from(py, (p, y) => f[x * py.length + y] * p);
  const sum = weighted.reduce((a, b) => a + b, 0);
  return weighted.map((value) => value / sum);
}
