import { cardAttributes, cardOf, type Deck } from '../../../study/deck/deck.ts';
import { ATTRIBUTES } from '../../cards/attributes.ts';
import { Card } from '../card.tsx';

interface CardChooserProps {
  readonly deck: Deck;
  readonly card: number;
  /** What the chosen card is called, e.g. `second card of pair 1`. */
  readonly name: string;
  readonly mayBeWild: boolean;
  onChoose(card: number): void;
}

/** Changes a card attribute by attribute. */
export function CardChooser({ deck, card, name, mayBeWild, onChoose }: CardChooserProps) {
  const shown = cardAttributes(deck, card);
  return (
    <fieldset class="chooser">
      <legend class="unseen">{name}</legend>
      {shown.map((value, place) => {
        const attribute = ATTRIBUTES[place];
        const choices = [...attribute.values, ...(mayBeWild ? ['any'] : [])];
        return (
          <fieldset key={attribute.name}>
            <legend>{attribute.name}</legend>
            {choices.map((choice, i) => {
              const changed = cardOf(deck, shown.with(place, i));
              return (
                <label key={choice}>
                  <input
                    type="radio"
                    name={attribute.name}
                    checked={value === i}
                    onChange={() => onChoose(changed)}
                  />
                  <Card deck={deck} card={changed} isDecoration />
                  <span>{choice}</span>
                </label>
              );
            })}
          </fieldset>
        );
      })}
    </fieldset>
  );
}
