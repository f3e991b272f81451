import { stream } from '../../random/streams.ts';
import { deckOf, keyAttributes } from '../../study/deck/deck.ts';
import { GAMES, type Game } from '../../study/games/query-set.ts';
import { testQueries } from '../../study/games/sampling.ts';
import { trueKeys } from '../../study/games/true-keys.ts';
import { type Judgements, judgementsOf } from '../judgements/judgements.ts';

/** Most queries of a problem; more are drawn from at random. */
const MOST_QUERIES = 1000;

/**
 * Judgements by the name of a problem:
 *
 *   game-star-27        queries of a game on a deck
 *   deck-3-4            pairs of cards of 3 attributes of 4 values: keys that share what the pair shares
 *   limit-46            all pairs of 46 items (LIMIT, arXiv 2508.21038)
 *   subsets-12-3        all sets of 3 of 12 items
 *   windows-32-4        every 4 neighbours of 32 items on a circle
 *   edges-64-20         the edges of a random graph of 64 vertices, 20 % of all
 *   neighbours-128-5    the neighbours of every vertex of such a graph
 *   planted-100-8       the 2 to 12 best of 100 items by random vectors of 8 dimensions
 *   random-64-10        random sets, each of 64 items with probability 10 %
 *
 * @throws RangeError if there is no such problem
 */
export function problemOf(name: string): Judgements {
  const [family, ...rest] = name.split('-');
  const [a, b] = rest.map(Number);
  switch (family) {
    case 'game': {
      const game = GAMES.find((one) => one === rest[0]);
      if (game !== undefined) return gameProblem(game, Number(rest[1]));
      break;
    }
    case 'deck':
      return deckProblem(a, b, name);
    case 'limit':
      return judgementsOf(a, limited(subsetsOf(a, 2), name));
    case 'subsets':
      return judgementsOf(a, limited(subsetsOf(a, b), name));
    case 'windows':
      return judgementsOf(
        a,
        range(a).map((from) => range(b).map((i) => (from + i) % a)),
      );
    case 'edges':
      return judgementsOf(a, limited(edges(a, b / 100, name), name));
    case 'neighbours':
      return neighbourProblem(a, b / 100, name);
    case 'planted':
      return plantedProblem(a, b, name);
    case 'random':
      return randomProblem(a, b / 100, name);
  }
  throw new RangeError(`there is no problem '${name}'`);
}

/** What a problem is one of, e.g. `limit`. */
export const familyOf = (name: string): string => name.split('-')[0];

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/** At most so many of the sets, at random. */
function limited<T>(sets: T[], name: string): readonly T[] {
  if (sets.length > MOST_QUERIES) stream(1, 'problem', name, 'queries').shuffle(sets);
  return sets.slice(0, MOST_QUERIES);
}

function gameProblem(game: Game, keys: number): Judgements {
  const deck = deckOf(keys);
  const pairs = keys < 27 ? 3 : 5;
  const queries = testQueries({ deck, game, pairs, count: MOST_QUERIES, seed: 1 });
  const isTrue = trueKeys(queries, keys);
  return judgementsOf(
    keys,
    range(queries.count).map((query) =>
      range(keys).filter((key) => isTrue[query * keys + key] === 1),
    ),
  );
}

function deckProblem(attributes: number, values: number, name: string): Judgements {
  const deck = deckOf(values ** attributes, values);
  const cards = range(deck.keys).map((key) => keyAttributes(deck, key));
  const sets = subsetsOf(deck.keys, 2).flatMap(([first, second]) => {
    const shared = range(attributes).filter((i) => cards[first][i] === cards[second][i]);
    const matches = (key: number) => shared.some((i) => cards[key][i] === cards[first][i]);
    return shared.length === 0 ? [] : [range(deck.keys).filter(matches)];
  });
  return judgementsOf(deck.keys, limited(sets, name));
}

/** Every subset of `size` of 0 .. n - 1, in lexicographic order. */
export function subsetsOf(n: number, size: number): number[][] {
  const found: number[][] = [];
  const grow = (chosen: readonly number[], from: number): void => {
    if (chosen.length === size) found.push([...chosen]);
    else for (let next = from; next < n; next++) grow([...chosen, next], next + 1);
  };
  grow([], 0);
  return found;
}

function edges(vertices: number, density: number, name: string): number[][] {
  const random = stream(1, 'problem', name);
  return subsetsOf(vertices, 2).filter(() => random.float() < density);
}

function neighbourProblem(vertices: number, density: number, name: string): Judgements {
  const of = range(vertices).map((): number[] => []);
  for (const [a, b] of edges(vertices, density, name)) {
    of[a].push(b);
    of[b].push(a);
  }
  return judgementsOf(
    vertices,
    of.filter((neighbours) => neighbours.length > 0),
  );
}

function plantedProblem(items: number, rank: number, name: string): Judgements {
  return plantedJudgements(items, MOST_QUERIES, rank, name);
}

/** Sets of the 2 to 12 best items by normal vectors of `rank` dimensions. */
export function plantedJudgements(
  items: number,
  queries: number,
  rank: number,
  seed: string,
): Judgements {
  const random = stream(1, 'problem', seed);
  const vector = () => range(rank).map(() => random.normal());
  const vectors = range(items).map(vector);
  return judgementsOf(
    items,
    range(queries).map(() => {
      const query = vector();
      const scores = vectors.map((own) => own.reduce((sum, x, i) => sum + x * query[i], 0));
      const size = 2 + random.below(11);
      return [...range(items)].sort((i, j) => scores[j] - scores[i]).slice(0, size);
    }),
  );
}

function randomProblem(items: number, density: number, name: string): Judgements {
  const random = stream(1, 'problem', name);
  const draw = (): readonly number[] => {
    const set = range(items).filter(() => random.float() < density);
    return set.length === 0 ? draw() : set;
  };
  return judgementsOf(items, range(MOST_QUERIES / 2).map(draw));
}
