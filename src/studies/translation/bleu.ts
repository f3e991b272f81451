// BLEU (Papineni et al. 2002) as sacrebleu 2 computes it without a tokenizer of its own, from 0 to 1: the
// geometric mean of the precisions of 1- to 4-grams, times a penalty for translations shorter than references.
// An order without a match counts 1/2, 1/4, 1/8, ... of a match, halved each time (`smooth_method='exp'`).

const LONGEST = 4;

/** Two token rows to compare. */
export interface Compared {
  readonly translation: readonly string[];
  readonly reference: readonly string[];
}

/** BLEU of all sentences together. */
export function corpusBleu(sentences: readonly Compared[]): number {
  return bleu(sentences, LONGEST);
}

/** BLEU of one sentence; orders that are longer than its translation are left out (`effective_order`). */
export function sentenceBleu(sentence: Compared): number {
  return bleu([sentence], Math.min(LONGEST, sentence.translation.length));
}

function bleu(sentences: readonly Compared[], orders: number): number {
  const lengthOf = (side: keyof Compared) =>
    sentences.reduce((sum, sentence) => sum + sentence[side].length, 0);
  const counts = Array.from({ length: orders }, (_, i) => countMatches(sentences, i + 1));
  if (!counts.some(({ matches }) => matches > 0)) return 0;
  let halvings = 0;
  const logs = counts.map(({ matches, total }) => {
    if (total === 0) return Number.NEGATIVE_INFINITY;
    if (matches === 0) halvings++;
    return Math.log((matches === 0 ? 2 ** -halvings : matches) / total);
  });
  const brevity = Math.min(0, 1 - lengthOf('reference') / lengthOf('translation'));
  return Math.exp(brevity + logs.reduce((sum, log) => sum + log, 0) / orders);
}

/** n-grams of translations, and how many are in the reference, each as often as it is there. */
function countMatches(
  sentences: readonly Compared[],
  n: number,
): { readonly matches: number; readonly total: number } {
  let [matches, total] = [0, 0];
  for (const { translation, reference } of sentences) {
    const expected = gramsOf(reference, n);
    for (const [gram, count] of gramsOf(translation, n)) {
      matches += Math.min(count, expected.get(gram) ?? 0);
      total += count;
    }
  }
  return { matches, total };
}

function gramsOf(tokens: readonly string[], n: number): ReadonlyMap<string, number> {
  const grams = new Map<string, number>();
  for (let i = 0; i + n <= tokens.length; i++) {
    const gram = tokens.slice(i, i + n).join(' ');
    grams.set(gram, (grams.get(gram) ?? 0) + 1);
  }
  return grams;
}
