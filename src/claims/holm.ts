/**
 * Holm's correction (1979) of the p-values of several tests: each is multiplied by the number of tests that are no
 * more certain, and none is below a more certain one's. The chance that any true null hypothesis is rejected at a
 * level is then at most that level, whatever the tests have to do with each other.
 */
export function holm(values: readonly number[]): readonly number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const adjusted = [...values];
  let least = 0;
  order.forEach((i, rank) => {
    least = Math.max(least, Math.min(1, (values.length - rank) * values[i]));
    adjusted[i] = least;
  });
  return adjusted;
}
