import { queryCount } from '../judgements/judgements.ts';
import type { FitRow } from '../tables.ts';
import { type Fit, fitVectors, type Parts, type Search } from './fit.ts';

/** Fits one dimension with several restarts: a row for each restart, aim and part of the queries. */
export async function fitDimension(
  parts: Parts,
  d: number,
  restarts: number,
  search: Search,
): Promise<readonly FitRow[]> {
  const simplex = simplexRows(parts, d);
  if (simplex !== undefined) return simplex;
  const seeds = Array.from({ length: restarts }, (_, i) => ({ d, seed: i + 1 }));
  const { fits } = await fitVectors(parts, seeds, search);
  return fits.flatMap((fit) => fitRows(parts, d, fit));
}

function fitRows(parts: Parts, d: number, { restart, aim, fitted, heldOut }: Fit): FitRow[] {
  const own = { d, restart: restart + 1, aim };
  const { fitted: some, heldOut: others } = parts;
  const rows: FitRow[] = [{ ...own, part: 'fitted', queries: queryCount(some), ...fitted }];
  if (heldOut === undefined) return rows;
  return [...rows, { ...own, part: 'held out', queries: queryCount(others), ...heldOut }];
}

/** In N - 1 dimensions N items are the corners of a simplex, of which every subset is a face: no fit. */
function simplexRows(parts: Parts, d: number): readonly FitRow[] | undefined {
  if (d < parts.fitted.items - 1) return undefined;
  const exact = { d, restart: 1, aim: 'simplex', recall: 1, recallError: 0, ndcg: 1, kl: 0 };
  return [
    { ...exact, part: 'fitted', queries: queryCount(parts.fitted) },
    ...(queryCount(parts.heldOut) === 0
      ? []
      : [{ ...exact, part: 'held out', queries: queryCount(parts.heldOut) }]),
  ];
}
