import { type Deck, plainCards } from '../../../study/deck/deck.ts';
import { keyWords } from '../../cards/attributes.ts';
import { Card } from '../card.tsx';

/** The deck, with the cards that a query selects lit. */
export function Answer({ deck, isTrue }: { readonly deck: Deck; readonly isTrue: Uint8Array }) {
  const plain = plainCards(deck);
  const count = isTrue.reduce((sum, bit) => sum + bit, 0);
  return (
    <section class="answer" aria-labelledby="answer-title">
      <h2 id="answer-title">
        {count === 0 ? 'No true key' : count === 1 ? 'One true key' : `${count} true keys`}
        <span class="muted"> of {deck.keys}</span>
      </h2>
      <ul class={`deck deck-${deck.keys}`}>
        {Array.from(isTrue, (bit, key) => (
          <li key={plain[key]} class={bit === 1 ? 'lit' : 'dim'}>
            <Card deck={deck} card={plain[key]} isDecoration />
            <span class="unseen">
              {keyWords(deck, key)}: {bit === 1 ? 'true' : 'false'}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
