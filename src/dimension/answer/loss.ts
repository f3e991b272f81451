import type { AtDimension, OwnVectorsRow } from '../tables.ts';

/** Where the recall goes that somebody's vectors lack; the parts sum to the loss. */
export interface LossParts {
  readonly d: number;
  /** Recall of the vectors as they are. */
  readonly recall: number;
  /** Lost by any vectors of so many dimensions. */
  readonly geometry: number;
  /** Lost by these item vectors even with the best queries for them; negative if they beat the search. */
  readonly items: number;
  /** Lost by the query vectors, for these items. */
  readonly queries: number;
}

/** Undefined if there are no query vectors, or no free vectors of as few dimensions. */
export function lossParts(
  own: readonly OwnVectorsRow[],
  free: readonly AtDimension[],
): LossParts | undefined {
  const given = own.filter(({ method }) => method === 'as given');
  const asIs = given.find(({ queries }) => queries === 'own');
  const best = given.find(({ queries }) => queries === 'free');
  const floor = free.filter(({ d }) => d <= (asIs?.d ?? 0)).at(-1);
  if (asIs === undefined || best === undefined || floor === undefined) return undefined;
  return {
    d: asIs.d,
    recall: asIs.recall,
    geometry: 1 - floor.recall,
    items: floor.recall - best.recall,
    queries: best.recall - asIs.recall,
  };
}
