import { deckOf } from '../../../study/deck/deck.ts';
import { GAMES, type Game } from '../../../study/games/query-set.ts';
import type { PlayableGame } from '../../playground-data.ts';
import { linkOf, queryOfLink } from '../../queries/link.ts';
import type { Query, Rules } from '../../queries/query.ts';

/** The rules of a game that can be played. */
export function rulesOf({ game, cards, pairs }: PlayableGame): Rules {
  const known = GAMES.find((name) => name === game);
  if (known === undefined) throw new Error(`'${game}' is no game`);
  return { deck: deckOf(cards), game: known satisfies Game, pairs };
}

/** What an address asks for; without a query if it names none that the game has. */
export interface Wanted {
  readonly game: PlayableGame;
  readonly query: Query | undefined;
}

/** Reads the part of an address after `#`, e.g. `cards=27&game=set&query=000-111`. */
export function wantedBy(hash: string, games: readonly PlayableGame[]): Wanted | undefined {
  const wanted = new URLSearchParams(hash.replace(/^#/, ''));
  const game = games.find(
    (one) => one.game === wanted.get('game') && String(one.cards) === wanted.get('cards'),
  );
  if (game === undefined) return undefined;
  return { game, query: queryOfLink(rulesOf(game), wanted.get('query') ?? '') };
}

/** The part of an address after `#` that asks for a query. */
export function hashOf(game: PlayableGame, query: Query): string {
  const { deck } = rulesOf(game);
  return `#cards=${game.cards}&game=${game.game}&query=${linkOf(deck, query)}`;
}
