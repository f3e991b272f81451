// Byte-pair encoding (Sennrich et al., arXiv 1508.07909), as subword-nmt 0.2 and later learn it: the last
// character of a word carries a mark, the most frequent pair of neighbours is merged again and again, and of
// pairs that are equally frequent the one that comes last in the alphabet.

/** On the last unit of a word while merges are learned and applied. */
const WORD_END = '</w>';
/** On every unit but the last of a word, in text. */
const CONTINUED = '@@';
/** Rarer pairs are not merged. */
const LEAST_COUNT = 2;

/** Two neighbours that become one unit. */
export interface Merge {
  readonly left: string;
  readonly right: string;
}

/** The first `most` merges of some words; fewer if no pair is left that occurs twice. */
export function learnMerges(words: Iterable<string>, most: number): readonly Merge[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const entries = [...counts].map(([word, count]) => ({ units: unitsOf(word), count }));
  const pairs = new PairCounts();
  entries.forEach(({ units, count }, i) => {
    pairs.add(units, count, i);
  });
  const merges: Merge[] = [];
  while (merges.length < most) {
    const merge = pairs.mostFrequent();
    if (merge === undefined) break;
    merges.push(merge);
    for (const i of pairs.wordsWith(merge)) {
      const { units, count } = entries[i];
      pairs.add(units, -count, i);
      entries[i].units = merged(units, merge);
      pairs.add(entries[i].units, count, i);
    }
  }
  return merges;
}

/** How often pairs stand side by side, and in which words they may. */
class PairCounts {
  readonly #pairs = new Map<string, { merge: Merge; count: number; words: Set<number> }>();

  add(units: readonly string[], count: number, word: number): void {
    for (let i = 0; i + 1 < units.length; i++) {
      const merge = { left: units[i], right: units[i + 1] };
      const key = keyOf(merge);
      const pair = this.#pairs.get(key) ?? { merge, count: 0, words: new Set() };
      pair.count += count;
      pair.words.add(word);
      this.#pairs.set(key, pair);
    }
  }

  mostFrequent(): Merge | undefined {
    let best: { merge: Merge; count: number } | undefined;
    for (const pair of this.#pairs.values()) {
      if (pair.count < LEAST_COUNT) continue;
      if (best === undefined || pair.count > best.count) best = pair;
      else if (pair.count === best.count && isAfter(pair.merge, best.merge)) best = pair;
    }
    return best?.merge;
  }

  wordsWith(merge: Merge): readonly number[] {
    return [...(this.#pairs.get(keyOf(merge))?.words ?? [])];
  }
}

/** Splits words into units by merges, `@@` on all but the last unit of a word. */
export function segmenter(merges: readonly Merge[]): (word: string) => readonly string[] {
  const ranks = new Map(merges.map((merge, rank) => [keyOf(merge), rank]));
  return (word) => {
    let units = unitsOf(word);
    for (;;) {
      const first = firstMerge(units, ranks);
      if (first === undefined) break;
      units = merged(units, first);
    }
    return units.map(asText);
  };
}

function firstMerge(
  units: readonly string[],
  ranks: ReadonlyMap<string, number>,
): Merge | undefined {
  let [best, lowest]: [Merge | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (let i = 0; i + 1 < units.length; i++) {
    const merge = { left: units[i], right: units[i + 1] };
    const rank = ranks.get(keyOf(merge)) ?? Number.POSITIVE_INFINITY;
    if (rank < lowest) [best, lowest] = [merge, rank];
  }
  return best;
}

/** Every unit that text of these characters may be split into, each once, in order. */
export function allUnits(merges: readonly Merge[], words: Iterable<string>): readonly string[] {
  const characters = new Set([...words].flatMap((word) => [...word]));
  return [
    ...new Set([
      ...[...characters].sort().flatMap((character) => [character, character + CONTINUED]),
      ...merges.map(({ left, right }) => asText(left + right)),
    ]),
  ];
}

/** Words of units: the inverse of the segmenter. */
export function joinUnits(units: readonly string[]): readonly string[] {
  if (units.length === 0) return [];
  return `${units.join(' ')} `.replaceAll(`${CONTINUED} `, '').trim().split(' ');
}

function unitsOf(word: string): readonly string[] {
  const characters = [...word];
  return characters.map((character, i) =>
    i === characters.length - 1 ? character + WORD_END : character,
  );
}

function asText(unit: string): string {
  return unit.endsWith(WORD_END) ? unit.slice(0, -WORD_END.length) : unit + CONTINUED;
}

/** Every occurrence of the pair merged, from the left. */
function merged(units: readonly string[], { left, right }: Merge): readonly string[] {
  const result: string[] = [];
  for (let i = 0; i < units.length; i++) {
    const isPair = units[i] === left && units[i + 1] === right;
    result.push(isPair ? left + right : units[i]);
    if (isPair) i++;
  }
  return result;
}

function keyOf({ left, right }: Merge): string {
  return `${left} ${right}`;
}

function isAfter(a: Merge, b: Merge): boolean {
  return a.left === b.left ? a.right > b.right : a.left > b.left;
}
