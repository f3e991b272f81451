import { cardOf, type Deck, deckOf, keyOf, plainCards } from '../../study/deck/deck.ts';
import { pairCard } from '../../study/deck/subcubes.ts';
import { ATTRIBUTES, cardWords, keyWords } from '../cards/attributes.ts';
import { CARD_HEIGHT, CARD_WIDTH, cardFace } from '../cards/face.ts';
import { keysOfCard, type Pair, trueKeysOf } from '../queries/query.ts';

const DECKS = [9, 27, 81].map((keys) => deckOf(keys));
const [, DECK] = DECKS;
const ANY = DECK.values;

/** The rules of the games, told by cards. The page needs `CARD_PATTERNS`. */
export function rulesOfTheGames(): string {
  const [first, second] = [cardOf(DECK, [0, 0, 1]), cardOf(DECK, [0, 1, 0])];
  const wild = cardOf(DECK, [0, ANY, ANY]);
  const pairs: readonly Pair[] = [
    { operator: 'union', first, second: wild },
    { operator: 'union', first: cardOf(DECK, [1, 1, 1]), second: cardOf(DECK, [ANY, 1, 1]) },
  ];
  const either = pairs.map((pair): Pair => ({ ...pair, operator: 'symdiff' }));
  return `<section class="rules" aria-labelledby="rules-title">
<h2 id="rules-title">The rules, told by the cards</h2>
<div class="rule"><h3>Three of everything</h3>
<p>Cards differ in ${listed(ATTRIBUTES.map(({ name }) => name))}, each of three values. Two of these make 9 cards, three
make 27, all four make the 81 of the card game SET. The cards are the keys: what a query is to find.</p>
${DECKS.map(deckDetails).join('\n')}</div>
<div class="rule"><h3>Two cards pick a third</h3>
<p>What they share, it has too; where they differ, it has the value that is left. Such three cards are a SET.
The game <code>set</code> is just that.</p>
${[
  [first, second],
  [cardOf(DECK, [0, 0, 0]), cardOf(DECK, [1, 1, 1])],
]
  .map(([a, b]) => pickedBy(DECK, a, b))
  .join('\n')}</div>
<div class="rule"><h3>A wildcard picks all three values</h3>
<p>On a card with dashed edges some attribute is free, and so it is among the picked cards. That is <code>star</code>.</p>
${pickedBy(DECK, first, wild)}
${pickedBy(DECK, cardOf(DECK, [1, 1, 1]), cardOf(DECK, [ANY, 1, 1]))}</div>
<div class="rule"><h3>Pairs are joined by <em>or</em></h3>
<p><code>union</code> joins several pairs: a card counts if any pair picks it.</p>
${litDeck(trueKeysOf(DECK, { game: 'union', pairs }), 'what either pair picks')}</div>
<div class="rule"><h3>… or by <em>either, not both</em></h3>
<p><code>symdiff</code> has a second way to join, △: what both sides have drops out.</p>
${litDeck(trueKeysOf(DECK, { game: 'symdiff', pairs: either }), 'what one of the pairs picks and not the other')}</div>
<div class="rule"><h3>Anything goes</h3>
<p><code>shatter</code> lists the cards it wants: 2<sup>27</sup> different subsets of 27 cards. No dot product of
fewer than 26 numbers can pick out each of them.</p>
${litDeck(trueKeysOf(DECK, { game: 'shatter', members: SCATTERED }), 'a subset without any rule')}</div>
</section>`;
}

/** A subset that no pair of cards describes. */
const SCATTERED = [
  [0, 0, 0],
  [0, 1, 2],
  [0, 2, 1],
  [0, 2, 2],
  [1, 0, 1],
  [1, 1, 0],
  [1, 2, 2],
  [2, 0, 0],
  [2, 0, 2],
  [2, 1, 1],
  [2, 2, 0],
].map((attributes) => keyOf(DECK, attributes));

/** Two cards and the cards that they pick. */
export function pickedBy(deck: Deck, first: number, second: number): string {
  const picked = pairCard(deck, first, second);
  const keys = [...keysOfCard(deck, picked).entries()].flatMap(([key, bit]) => (bit ? key : []));
  const plain = plainCards(deck);
  const words = `${cardWords(deck, first)} and ${cardWords(deck, second)} pick ${cardWords(deck, picked)}`;
  return `<p class="sum" role="img" aria-label="${words}">${cardSvg(deck, first)}<span>+</span>${cardSvg(deck, second)}<span>→</span>
${keys.map((key) => cardSvg(deck, plain[key])).join('')}</p>`;
}

function litDeck(isTrue: Uint8Array, what: string): string {
  const plain = plainCards(DECK);
  const words = [...isTrue.entries()].flatMap(([key, bit]) => (bit ? keyWords(DECK, key) : []));
  const cards = [...plain].map(
    (card, key) => `<span class="${isTrue[key] ? 'lit' : 'dim'}">${cardSvg(DECK, card)}</span>`,
  );
  return `<div class="deck deck-27" role="img" aria-label="${what}: ${words.join(', ')}">${cards.join('')}</div>`;
}

function deckDetails(deck: Deck): string {
  const names = ATTRIBUTES.slice(0, deck.attributes).map(({ name }) => name);
  const cards = [...plainCards(deck)].map((card) => cardSvg(deck, card));
  return `<details><summary>${deck.keys} cards: ${listed(names)}</summary>
<div class="deck deck-${deck.keys}" role="img" aria-label="all ${deck.keys} cards">${cards.join('')}</div></details>`;
}

function cardSvg(deck: Deck, card: number): string {
  return `<svg class="card" viewBox="0 0 ${CARD_WIDTH} ${CARD_HEIGHT}" aria-hidden="true" focusable="false">${cardFace(deck, card)}</svg>`;
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
