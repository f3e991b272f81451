import { subsetsOf } from './subsets.ts';

/** Point of the moment curve in `dimension` dimensions: (t, t², t³, ...). */
export function momentPoint(t: bigint, dimension: number): readonly bigint[] {
  return Array.from({ length: dimension }, (_, i) => t ** BigInt(i + 1));
}

/**
 * The query that selects the documents at parameters S: minus the coefficients of t, t², ... of
 * P(t)² with P(t) = ∏ (t - s) over s in S. Its score of the document at t is P(0)² - P(t)², largest
 * exactly where P is zero (arXiv 2601.20844). Needs 2 |S| dimensions.
 */
export function selectingQuery(selected: readonly bigint[], dimension: number): readonly bigint[] {
  const root = [1n];
  for (const s of selected) {
    root.push(0n);
    for (let i = root.length - 1; i >= 0; i--) root[i] = (root[i - 1] ?? 0n) - s * root[i];
  }
  const square = Array.from({ length: 2 * root.length - 1 }, (_, power) =>
    root.reduce((sum, a, i) => sum + a * (root[power - i] ?? 0n), 0n),
  );
  return Array.from({ length: dimension }, (_, i) => -(square[i + 1] ?? 0n));
}

/** How many subsets were tried, and how many were ranked on top. */
interface Realised {
  readonly subsets: number;
  readonly realised: number;
}

/**
 * Tries every subset of 1 .. k of m documents on the cyclic polytope of 2k dimensions, t = 1 .. m,
 * in integers: each selected document must score above every other one.
 */
export function realiseExactly(m: number, k: number): Realised {
  const parameters = Array.from({ length: m }, (_, i) => BigInt(i + 1));
  const points = parameters.map((t) => momentPoint(t, 2 * k));
  return count(m, k, (subset) => {
    const query = selectingQuery(
      subset.map((i) => parameters[i]),
      2 * k,
    );
    return points.map((point) => point.reduce((sum, x, i) => sum + x * query[i], 0n));
  });
}

/**
 * The same in 32-bit floating point: the exact coordinates of documents and queries rounded to the
 * nearest, and every product and sum too. Documents are evenly spread over t = -1 .. 1, where powers
 * lose the least precision.
 */
export function realiseInFloat32(m: number, k: number): Realised {
  const f = Math.fround;
  // t = u / (m - 1) with integers u, in steps of 2.
  const parameters = Array.from({ length: m }, (_, i) => BigInt(2 * i - (m - 1)));
  const scaled = (x: bigint, power: number) => Number(x) / (m - 1) ** power;
  const points = parameters.map((u) => momentPoint(u, 2 * k).map((x, i) => f(scaled(x, i + 1))));
  return count(m, k, (subset) => {
    // P(u)² with u = t (m - 1) is P(t)² (m - 1)^(2 |S|): the coefficient of t^i in these units.
    const query = selectingQuery(
      subset.map((i) => parameters[i]),
      2 * k,
    ).map((c, i) => f(scaled(c, 2 * subset.length - (i + 1))));
    return points.map((point) => point.reduce((sum, x, i) => f(sum + f(x * query[i])), 0));
  });
}

function count(
  m: number,
  k: number,
  score: (subset: readonly number[]) => readonly (bigint | number)[],
): Realised {
  let subsets = 0;
  let realised = 0;
  for (let size = 1; size <= k; size++) {
    for (const subset of subsetsOf(m, size)) {
      subsets++;
      if (isOnTop(subset, score(subset))) realised++;
    }
  }
  return { subsets, realised };
}

function isOnTop(subset: readonly number[], scores: readonly (bigint | number)[]): boolean {
  const selected = new Set(subset);
  return scores.every(
    (score, i) => selected.has(i) || subset.every((member) => scores[member] > score),
  );
}

/** Two disjoint sets of points whose convex hulls meet: no linear score ranks one above the other. */
interface RadonPartition {
  readonly smaller: readonly number[];
  readonly larger: readonly number[];
}

/**
 * Shows that the cyclic polytope needs its 2k dimensions: of 2k + 1 points on the moment curve in
 * 2k - 1 dimensions, every second one (k in all) cannot be separated from the others. The affine
 * dependence (divided differences: with weights ∏ 1 / (t_i - t_j) every polynomial of degree below
 * 2k sums to 0) is verified in integers.
 *
 * @throws Error if the dependence does not hold
 */
export function radonPartition(k: number): RadonPartition {
  const parameters = Array.from({ length: 2 * k + 1 }, (_, i) => BigInt(i + 1));
  const products = parameters.map((t) =>
    parameters.reduce((product, s) => (s === t ? product : product * (t - s)), 1n),
  );
  const common = products.reduce((a, b) => a * b, 1n);
  const weights = products.map((product) => common / product);
  for (let power = 0n; power < BigInt(2 * k); power++) {
    const moment = parameters.reduce((sum, t, i) => sum + weights[i] * t ** power, 0n);
    if (moment !== 0n) throw new Error(`the points are independent: moment ${power} is ${moment}`);
  }
  const indices = weights.map((_, i) => i);
  const sides = [indices.filter((i) => weights[i] > 0n), indices.filter((i) => weights[i] < 0n)];
  const [smaller, larger] = sides.sort((a, b) => a.length - b.length);
  return { smaller, larger };
}
