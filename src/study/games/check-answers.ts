import { type Deck, deckOf } from '../deck/deck.ts';
import { maskSize } from '../deck/masks.ts';
import { subcubes } from '../deck/subcubes.ts';
import { operatorsOf } from './count-subsets.ts';
import type { QuerySet } from './query-set.ts';
import type { Level, Operators } from './reachable-subsets.ts';

/** Queries whose answers are checked against the subsets that their game can select. */
export interface BuiltQueries {
  /** Their name in error messages. */
  readonly name: string;
  readonly deck: Deck;
  readonly queries: QuerySet;
}

/**
 * Checks the answers of games of a single pair or of listed keys; others pass.
 * @throws Error naming the first answer that no query of the game can have
 */
export function checkSimpleAnswers(built: BuiltQueries): void {
  const { deck, queries } = built;
  const { game, keyMasks, maskWords } = queries;
  if (game === 'union' || game === 'symdiff') return;
  const masks = subcubes(deck);
  const text = (words: Uint32Array, at: number) =>
    words.subarray(at * maskWords, (at + 1) * maskWords).join();
  const cubes = new Set(Array.from({ length: deck.cards }, (_, card) => text(masks, card)));
  for (let at = 0; at < queries.count; at++) {
    const size = maskSize(keyMasks, at * maskWords, maskWords);
    const possible =
      game === 'shatter'
        ? size === queries.pairs[at] && size > 0
        : cubes.has(text(keyMasks, at)) && (game === 'star' || size === 1);
    if (!possible) throw unreachable(built, at);
  }
}

/**
 * Checks the answers of joined pairs against a level of the search.
 * @returns number of answers that belong to this level
 * @throws Error naming the first answer that is not among the level's subsets
 */
export function checkJoinedAnswers(
  built: BuiltQueries,
  deck: Deck,
  operators: Operators,
  level: Level,
): number {
  const { queries } = built;
  const { game, keyMasks } = queries;
  if (game !== 'union' && game !== 'symdiff') return 0;
  if (built.deck.keys !== deck.keys || operatorsOf(game) !== operators) return 0;
  let checked = 0;
  for (let at = 0; at < queries.count; at++) {
    if (queries.pairs[at] !== level.pairs) continue;
    if (!level.has(keyMasks[at])) throw unreachable(built, at);
    checked++;
  }
  return checked;
}

/** The deck that a query table's metadata describe. */
export function deckOfMetadata(attributes: string, values: string): Deck {
  return deckOf(Number(values) ** Number(attributes), Number(values));
}

function unreachable({ name, deck, queries }: BuiltQueries, at: number): Error {
  const answer = queries.keyMasks
    .subarray(at * queries.maskWords, (at + 1) * queries.maskWords)
    .join(' ');
  return new Error(
    `query ${at} of ${name} has the answer ${answer} (a mask over ${deck.keys} keys), which no ` +
      `'${queries.game}' query of ${queries.pairs[at]} pairs selects: the queries or the counts ` +
      'are wrong; run build-queries again with --force, and report a bug if it fails again',
  );
}
