import type { PlayableGame } from '../../playground-data.ts';

const HINTS: Readonly<Record<string, string>> = {
  set: 'two cards pick the third',
  star: 'with wildcards',
  union: 'pairs joined by or',
  symdiff: 'or, and either-or',
  shatter: 'any subset at all',
};

interface GameChoiceProps {
  readonly games: readonly PlayableGame[];
  readonly game: PlayableGame;
  onChoose(game: PlayableGame): void;
}

/** The games, from easy to hard. */
export function GameChoice({ games, game, onChoose }: GameChoiceProps) {
  const hasDecks = new Set(games.map(({ cards }) => cards)).size > 1;
  return (
    <fieldset class="games">
      <legend class="unseen">game</legend>
      {games.map((one) => (
        <label key={`${one.cards}-${one.game}`}>
          <input type="radio" name="game" checked={one === game} onChange={() => onChoose(one)} />
          <span class="game-name">{hasDecks ? `${one.game}, ${one.cards} cards` : one.game}</span>
          <span class="game-hint">{HINTS[one.game]}</span>
        </label>
      ))}
    </fieldset>
  );
}
