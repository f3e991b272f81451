/** A sentence in two languages, as tokens. */
export interface SentencePair {
  readonly isHeldOut: boolean;
  readonly french: readonly string[];
  readonly english: readonly string[];
}

const COLUMNS = ['split', 'en', 'fr'] as const;
const SPLITS = ['train', 'val'] as const;

/** Lower-cased words and punctuation marks. */
export function tokensOf(sentence: string): readonly string[] {
  return sentence.toLowerCase().match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];
}

/**
 * Reads tab-separated pairs: a header with the columns `split` (train or val), `en` and `fr`, and a line each.
 *
 * @param file named in errors
 * @throws Error if a column, a cell or either split is missing
 */
export function readSentences(text: string, file: string): readonly SentencePair[] {
  const [header, ...lines] = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const names = header.split('\t');
  const at = COLUMNS.map((name) => names.indexOf(name));
  const missing = COLUMNS.filter((_, i) => at[i] < 0);
  if (missing.length > 0) {
    throw new Error(
      `${file}:1: no column ${missing.join(', ')}; the first line names the columns, split by tabs: ${COLUMNS.join(', ')}`,
    );
  }
  const pairs = lines.map((line, i): SentencePair => {
    const cells = line.split('\t');
    const where = `${file}:${i + 2}`;
    const [split, en, fr] = at.map((column) => cells[column] ?? '');
    if (!SPLITS.some((name) => name === split)) {
      throw new Error(`${where}: split is '${split}', and can be ${SPLITS.join(' or ')}`);
    }
    const pair = { isHeldOut: split === 'val', french: tokensOf(fr), english: tokensOf(en) };
    if (pair.french.length === 0 || pair.english.length === 0) {
      throw new Error(`${where}: a sentence is empty; every line needs text in both languages`);
    }
    return pair;
  });
  for (const isHeldOut of [false, true]) {
    if (!pairs.some((pair) => pair.isHeldOut === isHeldOut)) {
      throw new Error(`${file}: no line is of the split ${SPLITS[Number(isHeldOut)]}`);
    }
  }
  return pairs;
}
