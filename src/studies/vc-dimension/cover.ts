/**
 * How many of the 2^n labelings of n points in general position a hyperplane through the origin of d
 * dimensions can separate: C(n, d) = 2 Σ_{i < d} (n-1 choose i) (Cover 1965, theorem 1). No n points
 * have more. A hyperplane with a bias is one through the origin in d + 1 dimensions.
 */
export function separableLabelings(n: number, d: number): number {
  let binomial = 1;
  let sum = 0;
  for (let i = 0; i < d && i < n; i++) {
    sum += binomial;
    binomial = (binomial * (n - 1 - i)) / (i + 1);
  }
  return 2 * sum;
}
