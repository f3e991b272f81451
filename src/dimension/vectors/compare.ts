import { fitQueries, type Parts, queriesSteps, type Search } from '../fit/fit.ts';
import type { Ranking } from '../fit/ranking.ts';
import { rankingOf } from '../fit/scores.ts';
import { type Judgements, queryCount } from '../judgements/judgements.ts';
import type { OwnVectorsRow } from '../tables.ts';
import { type LinearMaps, learnMaps, mapSteps } from './learn-map.ts';
import { principalDirections, project, type Rows, rowCount, truncate } from './projections.ts';

/** Somebody's vectors for the items, and for the queries of both parts if there are any. */
export interface OwnVectors {
  readonly items: Rows;
  readonly queries?: { readonly fitted: Rows; readonly heldOut: Rows } | undefined;
}

/** Rate and steps of the maps: they have few parameters, which all queries share. */
const MAP_RATE = 0.02;

/**
 * How given vectors rank, whole and reduced to each d: cut, projected on their principal directions, and
 * by learnt maps. Each with the queries that they come with, and with the best queries for these items:
 * the difference is what a better query encoder could still gain.
 */
export async function compareVectors(
  parts: Parts,
  own: OwnVectors,
  dims: readonly number[],
  search: Search,
): Promise<readonly OwnVectorsRow[]> {
  const { width } = own.items;
  const rows: OwnVectorsRow[] = [];
  const reduced = dims.filter((d) => d < width);
  const sameWidth = own.queries === undefined || own.queries.fitted.width === width;
  const counted = countSteps(search, allSteps(own, reduced.length, sameWidth, search));
  const add = async (method: string, items: Rows, queries: OwnVectors['queries']) => {
    if (queries !== undefined) rows.push(measured(method, 'own', parts, items, queries));
    rows.push(
      await counted(queriesSteps(search), (own) => withFreeQueries(method, parts, items, own)),
    );
  };
  await add('as given', own.items, own.queries);
  const directions = principalDirections(own.items);
  for (const d of reduced) {
    await add(
      'truncation',
      truncate(own.items, d),
      mapQueries(own, (rows) => truncate(rows, d)),
    );
    const basis = truncate({ width, values: directions }, d).values;
    if (!sameWidth) continue;
    await add(
      'PCA',
      project(own.items, basis),
      mapQueries(own, (rows) => project(rows, basis)),
    );
  }
  if (own.queries === undefined) return rows;
  for (const d of [...reduced, width]) {
    const basis = truncate({ width, values: directions }, d).values;
    const start = scaledStart(parts.fitted, own.items, own.queries.fitted, basis);
    const { fitted } = own.queries;
    const { items } = own;
    const maps = await counted(mapSteps(search), (own) =>
      learnMaps(parts.fitted, items, fitted, start, { ...own, learningRate: MAP_RATE }),
    );
    await add(
      'learnt map',
      project(items, maps.items),
      mapQueries(own, (rows) => project(rows, maps.queries)),
    );
  }
  return rows;
}

/** Steps of all searches together. */
function allSteps({ queries }: OwnVectors, reduced: number, sameWidth: boolean, search: Search) {
  const maps = queries === undefined ? 0 : reduced + 1;
  const fits = 1 + reduced * (sameWidth ? 2 : 1) + maps;
  return fits * queriesSteps(search) + maps * mapSteps(search);
}

/** Searches one after the other, which report their steps as those of one. */
function countSteps(search: Search, total: number) {
  let before = 0;
  return async <T>(steps: number, run: (search: Search) => Promise<T>): Promise<T> => {
    const onStep = (done: number) => search.onStep?.(before + done, total);
    const result = await run({ ...search, onStep });
    before += steps;
    return result;
  };
}

function mapQueries({ queries }: OwnVectors, map: (rows: Rows) => Rows): OwnVectors['queries'] {
  return queries && { fitted: map(queries.fitted), heldOut: map(queries.heldOut) };
}

/** The principal directions for items and queries alike, so long that KL is least. */
function scaledStart(judgements: Judgements, items: Rows, queries: Rows, basis: Float32Array) {
  const scale = Math.sqrt(bestScale(judgements, project(items, basis), project(queries, basis)));
  const start: LinearMaps = {
    items: basis.map((x) => x * scale),
    queries: basis.map((x) => x * scale),
  };
  return start;
}

/** The factor on the scores, of powers of √2, with the least KL: the inverse of a temperature. */
function bestScale(judgements: Judgements, items: Rows, queries: Rows): number {
  let best = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let power = -12; power <= 20; power++) {
    const scale = 2 ** (power / 2);
    const { kl } = ranking(judgements, items, queries, scale);
    if (kl >= least) continue;
    least = kl;
    best = scale;
  }
  return best;
}

function ranking(judgements: Judgements, items: Rows, queries: Rows, scale: number): Ranking {
  const { width } = items;
  const scaled = queries.values.map((x) => x * scale);
  return rankingOf({ width, items: items.values, queries: scaled }, 0, judgements);
}

function measured(
  method: string,
  by: OwnVectorsRow['queries'],
  parts: Parts,
  items: Rows,
  queries: NonNullable<OwnVectors['queries']>,
): OwnVectorsRow {
  const scale = bestScale(parts.fitted, items, queries.fitted);
  const fitted = ranking(parts.fitted, items, queries.fitted, scale);
  const isSplit = queryCount(parts.heldOut) > 0 && rowCount(queries.heldOut) > 0;
  const held = isSplit ? ranking(parts.heldOut, items, queries.heldOut, scale) : fitted;
  return { d: items.width, method, queries: by, recallFitted: fitted.recall, ...held };
}

async function withFreeQueries(
  method: string,
  parts: Parts,
  { width, values }: Rows,
  search: Search,
): Promise<OwnVectorsRow> {
  // About their mean and of root mean square 1: no ranking changes, and steps have the size they are for.
  const items = { width, items: standardised({ width, values }) };
  const fits = await fitQueries(parts, { kl: items, margin: items }, search);
  return bestOf(
    fits.map(({ fitted, heldOut }) => ({
      d: width,
      method,
      queries: 'free',
      recallFitted: fitted.recall,
      ...(heldOut ?? fitted),
    })),
  );
}

function standardised({ width, values }: Rows): Float32Array {
  const rows = values.length / width;
  const mean = new Float64Array(width);
  values.forEach((x, at) => {
    mean[at % width] += x / rows;
  });
  const centred = values.map((x, at) => x - mean[at % width]);
  const rms = Math.sqrt(centred.reduce((sum, x) => sum + x * x, 0) / centred.length) || 1;
  return centred.map((x) => x / rms);
}

const bestOf = (rows: readonly OwnVectorsRow[]): OwnVectorsRow =>
  rows.reduce((best, row) => (row.recall > best.recall ? row : best));
