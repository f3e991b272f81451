import { components, independent, type Joint, marginals, normalised, ratio } from './joints.ts';

/** How a learned table compares with what it may have learned. Divergences in nats. */
export interface TableMeasures {
  /** KL(p || f), f normalised over all pairs: zero where the table learned p. */
  readonly klJoint: number;
  /** KL(r || f), r the normalised ratio p(x, y) / (p(x) p(y)): zero where it learned r. */
  readonly klRatio: number;
  /** KL(p || f p(x) p(y) normalised): zero where it learned r, and the marginals were put back. */
  readonly klCorrected: number;
  /** `klJoint` on the support of p, every component of it scaled to its mass under p. */
  readonly klJointAligned: number;
  /** `klRatio` on the support of p, every component of it scaled to its mass under r. */
  readonly klRatioAligned: number;
  /** Share of f on pairs that never occur. */
  readonly leak: number;
}

/** @param m scores; f = exp m // [X, Y] */
export function measure(joint: Joint, m: Float64Array): TableMeasures {
  const f = expNormalised(m);
  const product = independent(joint);
  const r = normalised(ratio(joint));
  const parts = components(joint);
  return {
    klJoint: divergence(joint.p, f),
    klRatio: divergence(r, f),
    klCorrected: divergence(joint.p, normalised(f.map((value, i) => value * product[i]))),
    klJointAligned: divergence(joint.p, aligned(f, joint.p, parts)),
    klRatioAligned: divergence(r, aligned(f, r, parts)),
    leak: f.reduce((sum, value, i) => (parts[i] < 0 ? sum + value : sum), 0),
  };
}

/** f on the support, each of its parts scaled to the part's mass in the target. */
function aligned(f: Float64Array, target: Float64Array, parts: Int32Array): Float64Array {
  const masses = (table: Float64Array) => {
    const sums = new Map<number, number>();
    parts.forEach((part, i) => {
      sums.set(part, (sums.get(part) ?? 0) + table[i]);
    });
    return (part: number) => sums.get(part) ?? 0;
  };
  const [wanted, found] = [masses(target), masses(f)];
  return f.map((value, i) => (parts[i] < 0 ? 0 : (value * wanted(parts[i])) / found(parts[i])));
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

/** Share of pairs whose y is guessed right from x, when the guess is the best y of a table. */
export interface Accuracies {
  /** argmax f(x, y). */
  readonly raw: number;
  /** argmax f(x, y) p(y), which by Bayes' rule is argmax p(y | x) where f is the ratio. */
  readonly corrected: number;
  /** argmax p(y | x): no guess is right more often. */
  readonly best: number;
}

export function accuracies(joint: Joint, m: Float64Array): Accuracies {
  const { py } = marginals(joint);
  const withPrior = m.map((value, i) => value + Math.log(py[i % py.length]));
  return {
    raw: accuracy(joint, m),
    corrected: accuracy(joint, withPrior),
    best: accuracy(joint, joint.p),
  };
}

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
