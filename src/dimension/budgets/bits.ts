import { type Fit, fitFrom, fitQueries, fitVectors, type Parts, type Search } from '../fit/fit.ts';
import { fitRange, quantise } from '../fit/quantise.ts';
import type { Aim } from '../fit/slopes.ts';
import { startingQueries } from '../fit/start.ts';

/** How items come to have few bits: rounded once fitted, or rounded while they are fitted. */
export type Rounding = 'post-training' | 'straight-through';

/** One number of bits, one way of rounding; the fits of both aims. */
export interface BitsFit {
  /** B: bits of each coordinate of an item; queries keep 32. */
  readonly bits: number;
  readonly rounding: Rounding;
  readonly fits: readonly Fit[];
}

/**
 * What d numbers of B bits each reach, for several B side by side. Items are rounded, queries are not,
 * as in an index that is compressed; queries are the best for the rounded items.
 *
 * @param bits from 1 to 16
 */
export async function fitBits(
  parts: Parts,
  d: number,
  bits: readonly number[],
  seed: number,
  search: Search,
): Promise<readonly BitsFit[]> {
  const levels = bits.map((b) => 2 ** b);
  const { vectors } = await fitVectors(parts, [{ d, seed }], search);
  const inRange = (aim: Aim) => joined(levels.map((L) => fitRange(vectors[aim].items, d, L)));
  const ranges = { kl: inRange('kl'), margin: inRange('margin') };
  const rounded = (items: Float32Array) => {
    const size = items.length / levels.length;
    return { width: d, items: items.map((x, at) => quantise(x, levels[Math.floor(at / size)])) };
  };
  const after = await fitQueries(
    parts,
    { kl: rounded(ranges.kl), margin: rounded(ranges.margin) },
    search,
  );
  const start = {
    width: d,
    items: ranges.kl,
    queries: startingQueries(parts.fitted, rounded(ranges.kl).items, d),
  };
  const during = await fitFrom(parts, start, search, { levels });
  return bits.flatMap((b, i) => [
    { bits: b, rounding: 'post-training', fits: after.filter((fit) => fit.restart === i) },
    {
      bits: b,
      rounding: 'straight-through',
      fits: during.fits.filter((fit) => fit.restart === i),
    },
  ]);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
