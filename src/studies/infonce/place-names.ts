/**
 * How often one word follows another, made up to make a point. "new york" is ten times as frequent as
 * "new zealand" and twenty times as frequent as "new england", but each of the three follows "new" 24
 * times out of 25; "new diego" and "new angeles" never occur. "of" says nothing about the place: after
 * it, every place is as frequent as everywhere else, as after GPT-3's "Answer:".
 */
export const PLACE_NAMES = {
  words: ['new', 'san', 'los', 'old', 'of'],
  nextWords: ['york', 'zealand', 'england', 'diego', 'angeles', 'town'],
  counts: [
    [960, 96, 48, 0, 0, 96],
    [0, 0, 0, 240, 0, 0],
    [0, 0, 0, 0, 336, 0],
    [0, 0, 0, 0, 0, 144],
    [40, 4, 2, 10, 14, 10],
  ],
  /** The word before the names, and the word that stands for any context. */
  context: 'new',
  anyContext: 'of',
  /** The names to tell apart: those that exist, and those that do not. */
  existing: ['york', 'zealand', 'england'],
  invented: ['diego', 'angeles'],
} as const;
