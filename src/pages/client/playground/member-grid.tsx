import { type Deck, plainCards } from '../../../study/deck/deck.ts';
import { keyWords } from '../../cards/attributes.ts';
import { Card } from '../card.tsx';

interface MemberGridProps {
  readonly deck: Deck;
  readonly members: readonly number[];
  onChange(members: readonly number[]): void;
}

/** The whole deck, each card to tick. */
export function MemberGrid({ deck, members, onChange }: MemberGridProps) {
  const plain = plainCards(deck);
  const all = Array.from(plain.keys());
  const toggle = (key: number) =>
    onChange(members.includes(key) ? members.filter((one) => one !== key) : [...members, key]);
  return (
    <fieldset class="members">
      <legend>tick the cards to select</legend>
      <div class={`deck deck-${deck.keys}`}>
        {all.map((key) => (
          <label key={key} class="member">
            <input
              type="checkbox"
              checked={members.includes(key)}
              aria-label={keyWords(deck, key)}
              onChange={() => toggle(key)}
            />
            <Card deck={deck} card={plain[key]} isDecoration />
          </label>
        ))}
      </div>
      <p class="buttons">
        <button type="button" onClick={() => onChange(all)}>
          all
        </button>
        <button type="button" onClick={() => onChange([])}>
          none
        </button>
        <button type="button" onClick={() => onChange(all.filter((key) => !members.includes(key)))}>
          the others
        </button>
      </p>
    </fieldset>
  );
}
