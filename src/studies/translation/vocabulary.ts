import { type SequenceShape, SPECIAL_TOKENS, type TokenPair } from '../token-rows.ts';
import type { PairRow } from './tables.ts';

/** Stands for units that no training sentence can be split into. */
const UNKNOWN = SPECIAL_TOKENS;
const FIRST_UNIT = SPECIAL_TOKENS + 1;

/** Numbers of units, and units of numbers. */
export interface Vocabulary {
  /** With the special ones. */
  readonly tokens: number;
  idsOf(units: string): readonly number[];
  /** Special tokens, which have no unit, as `?`. */
  unitsOf(ids: readonly number[]): readonly string[];
}

export function vocabularyOf(units: readonly string[]): Vocabulary {
  const ids = new Map(units.map((unit, i) => [unit, FIRST_UNIT + i]));
  return {
    tokens: FIRST_UNIT + units.length,
    idsOf: (text) => text.split(' ').map((unit) => ids.get(unit) ?? UNKNOWN),
    unitsOf: (row) => row.map((id) => units[id - FIRST_UNIT] ?? '?'),
  };
}

export function tokenPair({ french, english }: PairRow, vocabulary: Vocabulary): TokenPair {
  return { source: vocabulary.idsOf(french), target: vocabulary.idsOf(english) };
}

/** The shape that all of some pairs fit. */
export function shapeOf(pairs: readonly TokenPair[], { tokens }: Vocabulary): SequenceShape {
  const longest = (side: keyof TokenPair) => Math.max(...pairs.map((pair) => pair[side].length));
  return { tokens, source: longest('source') + 1, target: longest('target') + 1 };
}
