import type { Method } from './tables.ts';

/**
 * Share of leaves recovered, as theory has it, of a full binary tree of depth D in n numbers, with V
 * fillers to choose from; `undefined` for methods without a formula here.
 *
 * - Unitary roles unbind exactly, so the other 2^D - 1 leaves are the noise, as in `expectedRecovery`.
 * - Normal roles do not: the strength of a frequency of r ⊛ r* is about exponential, with mean square 2.
 *   A leaf that shares j roles with the one asked for comes with energy 2^j, all of them together with
 *   Σ C(D, j) 2^j = 3^D: as if there were so many leaves.
 * - The majority of L random bits, a coin where they tie, agrees with each with probability
 *   1/2 + C(M, M/2) / 2^(M + 1), M = L if L is even, else L - 1. Two at every level agree with 3/4, and D
 *   levels with 1/2 + 2^-(D + 1): 2p - 1 falls by 1/2 per level instead of by about 1/√2.
 */
export function expectedOf(
  method: Method,
  { n, depth, fillers }: { readonly n: number; readonly depth: number; readonly fillers: number },
): number | undefined {
  switch (method) {
    case 'holographic':
      return expectedRecovery(n, 3 ** depth, fillers);
    case 'holographic, unitary':
      return expectedRecovery(n, 2 ** depth, fillers);
    case 'spatter':
      return fromBits(n, majorityAgreement(2 ** depth), fillers);
    case 'spatter, nested':
      return fromBits(n, 0.5 + 0.5 ** (depth + 1), fillers);
    default:
      return undefined;
  }
}

/** How often a bit of the majority of L random ones is that of a given one. */
export function majorityAgreement(leaves: number): number {
  if (leaves === 1) return 1;
  const even = leaves % 2 === 0 ? leaves : leaves - 1;
  // C(M, M/2) / 2^M as a product, which neither overflows nor vanishes.
  let central = 1;
  for (let i = 1; i <= even / 2; i++) central *= (2 * i - 1) / (2 * i);
  return 0.5 + central / 2;
}

/** n bits that agree with the right filler with probability p, and with the V - 1 others with 1/2. */
function fromBits(n: number, p: number, fillers: number): number {
  const own = Math.sqrt(n * p * (1 - p));
  const others = Math.sqrt(n) / 2;
  return integrateNormal((z) => normalCdf((n * (p - 0.5) + own * z) / others) ** (fillers - 1));
}

/**
 * Expected share of leaves recovered by the Hadamard approximation. Unbinding gives the right filler
 * plus L - 1 intruders of n random signs each, v = f + e. Its product with f is n + c, with
 * c = f · e about normal of variance n (L - 1); with any of the other V - 1 fillers about normal of
 * variance |v|² = n L + 2 c, with |e|² at its mean. Hence, with c = sqrt(n (L - 1)) z,
 * P = ∫ φ(z) Φ((n + c) / sqrt(n L + 2 c))^(V - 1) dz.
 */
export function expectedRecovery(n: number, leaves: number, fillers: number): number {
  return integrateNormal((z) => {
    const c = Math.sqrt(n * (leaves - 1)) * z;
    const right = n + c;
    // |v|² is at least 0, but its approximation is negative for z far below 0.
    const spread = Math.sqrt(Math.max(n * leaves + 2 * c, 1));
    return normalCdf(right / spread) ** (fillers - 1);
  });
}

/** ∫ φ(z) f(z) dz: the mean of f of a normal number. */
function integrateNormal(f: (z: number) => number): number {
  const STEP = 0.01;
  let sum = 0;
  for (let z = -8; z <= 8; z += STEP) sum += Math.exp((-z * z) / 2) * f(z) * STEP;
  return sum / Math.sqrt(2 * Math.PI);
}

/** Φ by Abramowitz and Stegun 7.1.26: error below 1.5e-7. */
function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - series * Math.exp(-z * z);
  return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}
