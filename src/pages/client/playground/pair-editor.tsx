import { useState } from 'preact/hooks';
import { type Deck, plainCards } from '../../../study/deck/deck.ts';
import { pairCard } from '../../../study/deck/subcubes.ts';
import type { PairGame } from '../../../study/games/layout.ts';
import { cardWords } from '../../cards/attributes.ts';
import { keysOfCard, type Operator, type Pair } from '../../queries/query.ts';
import { Card } from '../card.tsx';
import { CardChooser } from './card-chooser.tsx';

const OPERATORS: readonly {
  readonly operator: Operator;
  readonly sign: string;
  readonly words: string;
}[] = [
  { operator: 'union', sign: '∪', words: 'or: union' },
  { operator: 'symdiff', sign: '△', words: 'either, not both: symmetric difference' },
];

type Place = 'first' | 'second';
const PLACES: readonly Place[] = ['first', 'second'];

interface PairEditorProps {
  readonly deck: Deck;
  readonly game: PairGame;
  readonly pairs: readonly Pair[];
  onChange(pairs: readonly Pair[]): void;
}

/** The pairs of a query, each card and operator to change. */
export function PairEditor({ deck, game, pairs, onChange }: PairEditorProps) {
  const [open, setOpen] = useState<{ readonly pair: number; readonly place: Place }>();
  const change = (i: number, changes: Partial<Pair>) =>
    onChange(pairs.map((pair, at) => (at === i ? { ...pair, ...changes } : pair)));
  return (
    <ol class="pairs">
      {pairs.map((pair, i) => (
        <li key={i} class="pair">
          {i > 0 && (
            <OperatorChoice
              pair={i}
              operator={pair.operator}
              isFixed={game !== 'symdiff'}
              onChoose={(operator) => change(i, { operator })}
            />
          )}
          <div class="pair-cards">
            {PLACES.map((place) => {
              const isOpen = open?.pair === i && open.place === place;
              return (
                <button
                  key={place}
                  type="button"
                  class="card-button"
                  aria-expanded={isOpen}
                  aria-label={`${place} card of pair ${i + 1}: ${cardWords(deck, pair[place])}`}
                  onClick={() => setOpen(isOpen ? undefined : { pair: i, place })}
                >
                  <Card deck={deck} card={pair[place]} isDecoration />
                </button>
              );
            })}
            <Selected deck={deck} pair={pair} />
          </div>
          {open?.pair === i && (
            <CardChooser
              deck={deck}
              card={pair[open.place]}
              name={`${open.place} card of pair ${i + 1}`}
              mayBeWild={open.place === 'second' && game !== 'set'}
              onChoose={(card) => change(i, { [open.place]: card })}
            />
          )}
        </li>
      ))}
    </ol>
  );
}

interface OperatorChoiceProps {
  readonly pair: number;
  readonly operator: Operator;
  readonly isFixed: boolean;
  onChoose(operator: Operator): void;
}

function OperatorChoice({ pair, operator, isFixed, onChoose }: OperatorChoiceProps) {
  if (isFixed) {
    return (
      <p class="operator">
        <span aria-hidden="true">∪</span> <span class="operator-words">or</span>
      </p>
    );
  }
  return (
    <fieldset class="operator">
      <legend class="unseen">how pair {pair + 1} joins those before</legend>
      {OPERATORS.map((one) => (
        <label key={one.operator} title={one.words}>
          <input
            type="radio"
            name={`operator-${pair}`}
            checked={operator === one.operator}
            onChange={() => onChoose(one.operator)}
          />
          <span aria-hidden="true">{one.sign}</span>
          <span class="unseen">{one.words}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** The keys that a pair selects. */
function Selected({ deck, pair }: { readonly deck: Deck; readonly pair: Pair }) {
  const plain = plainCards(deck);
  const cube = pairCard(deck, pair.first, pair.second);
  const keys = [...keysOfCard(deck, cube).entries()].flatMap(([key, bit]) => (bit ? key : []));
  return (
    <div class="selected">
      <span class="arrow" aria-hidden="true">
        →
      </span>
      <span class="unseen">
        selects {keys.length === 1 ? 'one key' : `${keys.length} keys`}: {cardWords(deck, cube)}
      </span>
      <span class="fan" aria-hidden="true">
        {keys.map((key) => (
          <Card key={key} deck={deck} card={plain[key]} isDecoration />
        ))}
      </span>
    </div>
  );
}
