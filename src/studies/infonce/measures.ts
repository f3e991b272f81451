import { components, independent, type Joint, marginals, normalised, ratio } from './joints.ts';
import type { LearnedTable, MeasureRow } from './tables.ts';

/** Compares a learned table with what it may have learned. */
export function measure({ joint, objective, seed, m }: LearnedTable): MeasureRow {
  const f = expNormalised(m);
  const product = independent(joint);
  const r = normalised(ratio(joint));
  const parts = components(joint);
  const { py } = marginals(joint);
  const corrected = m.map((score, i) => score + Math.log(py[i % py.length]));
  return {
    data: joint.name,
    objective,
    seed,
    cells: joint.p.length,
    klJoint: divergence(joint.p, f),
    klRatio: divergence(r, f),
    klCorrected: divergence(joint.p, normalised(f.map((value, i) => value * product[i]))),
    klJointAligned: divergence(joint.p, aligned(f, joint.p, parts)),
    klRatioAligned: divergence(r, aligned(f, r, parts)),
    leak: f.reduce((sum, value, i) => (parts[i] < 0 ? sum + value : sum), 0),
    accuracyRaw: accuracy(joint, m),
    accuracyCorrected: accuracy(joint, corrected),
    accuracyBest: accuracy(joint, joint.p),
  };
}

/** f on the support of p, each component scaled to its mass under the target. */
function aligned(f: Float64Array, target: Float64Array, parts: Int32Array): Float64Array {
  const masses = (table: Float64Array) => {
    const sums = new Map<number, number>();
    parts.forEach((part, i) => {
      sums.set(part, (sums.get(part) ?? 0) + table[i]);
    });
    return (part: number) => sums.get(part) ?? 0;
  };
  const [targetMass, mass] = [masses(target), masses(f)];
  return f.map((value, i) => (parts[i] < 0 ? 0 : (value * targetMass(parts[i])) / mass(parts[i])));
}

/** KL(p || q) = sum p log (p / q) over the support of p, nats. */
export function divergence(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) if (p[i] > 0) sum += p[i] * Math.log(p[i] / q[i]);
  return sum;
}

/** exp m over its sum. */
export function expNormalised(m: Float64Array): Float64Array {
  const most = m.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return normalised(m.map((value) => Math.exp(value - most)));
}

/** Share of pairs whose y is guessed right from x as the y of the largest score. */
function accuracy({ p, rows, columns }: Joint, scores: Float64Array): number {
  let right = 0;
  for (let x = 0; x < rows.length; x++) {
    const first = x * columns.length;
    let best = first;
    for (let i = first; i < first + columns.length; i++) if (scores[i] > scores[best]) best = i;
    right += p[best];
  }
  return right;
}
