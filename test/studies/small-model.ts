import { USUAL } from '../../src/studies/encoder-decoder.ts';

/** A model that is quick to evaluate. */
export const SMALL_MODEL = {
  shape: { tokens: 7, source: 4, target: 5 },
  layers: 2,
  heads: 2,
  width: 8,
  feedForward: 12,
  ...USUAL,
} as const;
