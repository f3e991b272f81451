import { marginals } from './joints.ts';
import { PLACE_NAMES } from './place-names.ts';
import type { LearnedTable, PlaceRow } from './tables.ts';

/**
 * What the tables learned with likelihood and with InfoNCE say of every name after "new":
 * p(y | x) = f(x, y) / sum over y of f(x, y) and p(y | x) / p(y | any context) with the former
 * (Brown et al. 2020, section 2.4), f itself, the ratio up to a factor, with the latter.
 */
export function placeRows(likelihood: LearnedTable, infonce: LearnedTable): readonly PlaceRow[] {
  const { joint } = likelihood;
  const [context, anyContext] = [PLACE_NAMES.context, PLACE_NAMES.anyContext].map((word) =>
    joint.rows.indexOf(word),
  );
  const given = conditional(likelihood, context);
  const givenAny = conditional(likelihood, anyContext);
  const { px, py } = marginals(joint);
  const columns = joint.columns.length;
  const names = [...PLACE_NAMES.existing, ...PLACE_NAMES.invented];
  // The ratio is learned up to a factor: the mean over the names that exist is made that of the counts.
  const f = (y: number) => Math.exp(infonce.m[context * columns + y]);
  const ratio = (y: number) => joint.p[context * columns + y] / (px[context] * py[y]);
  const mean = (of: (y: number) => number) =>
    PLACE_NAMES.existing.reduce((sum, name) => sum + of(joint.columns.indexOf(name)), 0);
  const factor = mean(ratio) / mean(f);
  return names.map((name) => {
    const y = joint.columns.indexOf(name);
    return {
      name: `${PLACE_NAMES.context} ${name}`,
      seed: infonce.seed,
      conditional: given[y],
      corrected: given[y] / givenAny[y],
      learnedRatio: factor * f(y),
      ratio: ratio(y),
    };
  });
}

/** p(y | x) of a row of a table. // [Y] */
function conditional({ joint, m }: LearnedTable, x: number): readonly number[] {
  const columns = joint.columns.length;
  const scores = Array.from(m.subarray(x * columns, (x + 1) * columns));
  const most = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - most));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
