/** Recall by dimension, as far as it is known. */
export type RecallByDimension = ReadonlyMap<number, number>;

/** The next dimension to try for a target, or the answer. */
export type Next = { readonly tryNext: number } | { readonly least: number };

/**
 * Bisects for the least dimension whose recall reaches a target, between the least known one that does
 * and the greatest below it that does not. It takes recall to rise with the dimension, which what an
 * optimiser finds nearly does.
 *
 * @param most a dimension that is known to reach it (N - 1: a simplex)
 */
export function nextDimension(known: RecallByDimension, target: number, most: number): Next {
  const reached = [...known].filter(([, recall]) => recall >= target).map(([d]) => d);
  const high = Math.min(most, ...reached);
  const missed = [...known].filter(([d, recall]) => d < high && recall < target).map(([d]) => d);
  const low = Math.max(0, ...missed);
  return high - low <= 1 ? { least: high } : { tryNext: Math.floor((low + high) / 2) };
}

/** Finds the least dimension, fitting those that are not known yet; they are added to `known`. */
export async function leastDimension(
  known: Map<number, number>,
  target: number,
  most: number,
  recallAt: (d: number) => Promise<number>,
): Promise<number> {
  for (;;) {
    const next = nextDimension(known, target, most);
    if ('least' in next) return next.least;
    known.set(next.tryNext, await recallAt(next.tryNext));
  }
}
