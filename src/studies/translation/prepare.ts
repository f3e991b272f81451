import { allUnits, learnMerges, type Merge, segmenter } from './byte-pairs.ts';
import type { SentencePair } from './sentences.ts';
import type { PairRow, Split, UnitRow } from './tables.ts';

interface Sizes {
  /** The first so many training pairs, and held-out ones. */
  readonly train: number;
  readonly heldOut: number;
  /** Byte pairs to merge, learned from both languages together. */
  readonly merges: number;
}

/** Sentences as units: the merges are learned from training sentences alone. */
export function prepare(
  sentences: readonly SentencePair[],
  { train, heldOut, merges: most }: Sizes,
): {
  readonly pairs: readonly PairRow[];
  readonly merges: readonly Merge[];
  readonly units: readonly UnitRow[];
} {
  const part = (isHeldOut: boolean, count: number) =>
    sentences.filter((sentence) => sentence.isHeldOut === isHeldOut).slice(0, count);
  const training = part(false, train);
  const words = training.flatMap(({ french, english }) => [...french, ...english]);
  const merges = learnMerges(words, most);
  const segment = segmenter(merges);
  const text = (tokens: readonly string[]) => tokens.flatMap(segment).join(' ');
  const rows = (split: Split, from: readonly SentencePair[]) =>
    from.map(({ french, english }) => ({ split, french: text(french), english: text(english) }));
  return {
    pairs: [...rows('train', training), ...rows('val', part(true, heldOut))],
    merges,
    units: allUnits(merges, words).map((unit) => ({ unit })),
  };
}
