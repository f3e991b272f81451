/**
 * Suggests the known name that was probably meant, or lists them all; without any, to remove the wrong one.
 * @param what the names are, `axes` of the pipeline or `its axes` of a stage
 */
export function suggest(wrong: string, known: Iterable<string>, what = 'known'): string {
  const names = [...known];
  if (names.length === 0) {
    const [owner, kind] = what.startsWith('its ')
      ? ['the stage', what.slice(4)]
      : ['this pipeline', what];
    return `remove it: ${owner} has no ${kind}`;
  }
  const shown = names.slice(0, 12).map((name) => `'${name}'`);
  const list = `${what}: ${shown.join(', ')}${names.length > shown.length ? ', ...' : ''}`;
  return didYouMean(wrong, names) ?? list;
}

/** `undefined` if no known name is similar. */
export function didYouMean(wrong: string, known: readonly string[]): string | undefined {
  const [closest] = known
    .map((name) => ({ name, distance: editDistance(wrong.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= tolerance(wrong, name))
    .sort((a, b) => a.distance - b.distance);
  return closest && `did you mean '${closest.name}'?`;
}

/** A third of the letters may be wrong. Numbers must match: a different number is not a typo. */
function tolerance(wrong: string, name: string): number {
  const length = Math.min(wrong.length, name.length);
  return /^[\d.+-]+$/.test(name) || length < 2 ? -1 : Math.max(1, length / 3);
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  // Names of such different lengths are no typos, and the table grows with the product.
  if (Math.abs(a.length - b.length) > 8 || a.length > 100) return Number.POSITIVE_INFINITY;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(
        rows[i - 1][j] + 1,
        rows[i][j - 1] + 1,
        rows[i - 1][j - 1] + (same ? 0 : 1),
      );
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, rows[i - 2][j - 2] + 1);
      rows[i][j] = least;
    }
  }
  return rows[a.length][b.length];
}
