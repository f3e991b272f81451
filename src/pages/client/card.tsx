import { useMemo } from 'preact/hooks';
import type { Deck } from '../../study/deck/deck.ts';
import { cardWords } from '../cards/attributes.ts';
import { CARD_HEIGHT, CARD_WIDTH, cardFace } from '../cards/face.ts';

interface CardProps {
  readonly deck: Deck;
  readonly card: number;
  /** Leaves the name to what surrounds the card. */
  readonly isDecoration?: boolean;
}

/** A query card, drawn. */
export function Card({ deck, card, isDecoration = false }: CardProps) {
  const face = useMemo(() => cardFace(deck, card), [deck, card]);
  const name = isDecoration
    ? { 'aria-hidden': true as const }
    : { role: 'img' as const, 'aria-label': cardWords(deck, card) };
  return (
    <svg
      class="card"
      viewBox={`0 0 ${CARD_WIDTH} ${CARD_HEIGHT}`}
      {...name}
      dangerouslySetInnerHTML={{ __html: face }}
    />
  );
}
