import { FORMATS, type Format, formatOf, type LineReader, readers } from './formats.ts';
import type { NamedJudgements } from './judgements.ts';
import { JudgementsError, readLines } from './lines.ts';
import { Pairs } from './pairs.ts';

export interface ReadOptions {
  /** By the first line if left out. */
  readonly format?: Format | undefined;
  /** Least relevance that counts as a match. */
  readonly relevantFrom: number;
}

/** What was read, and what of it is not in the judgements. */
export interface ReadResult {
  readonly judgements: NamedJudgements;
  readonly format: Format;
  /** Lines with judgements. */
  readonly lines: number;
  /** Judgements that repeat a pair; the greatest relevance of a pair counts. */
  readonly repeated: number;
  /** Queries without a relevant item, which nothing can be asked of. */
  readonly withoutItems: number;
}

/** Bad lines that are named before the rest is counted only. */
const NAMED = 5;

/**
 * Reads a file of judgements: TREC qrels, tab-separated or JSON Lines. It is streamed; memory is that
 * of the distinct names and pairs. An item exists if some line names it, with whatever relevance.
 *
 * @throws JudgementsError naming the bad lines, or if no query has a relevant item
 */
export async function readJudgements(path: string, options: ReadOptions): Promise<ReadResult> {
  const pairs = new Pairs(options.relevantFrom);
  const wrong: string[] = [];
  let bad = 0;
  let lines = 0;
  let { format } = options;
  let read: LineReader | undefined;
  const add = (query: string, item: string, relevance: number) => pairs.add(query, item, relevance);
  await readLines(path, (line, number) => {
    if (line.trim() === '') return;
    format ??= formatOf(number === 1 ? line.replace(/^\uFEFF/, '') : line);
    read ??= readers[format];
    const problem = read(number === 1 ? line.replace(/^\uFEFF/, '') : line, number, add);
    lines++;
    if (problem === undefined) return;
    bad++;
    if (wrong.length < NAMED) wrong.push(`${path}:${number}: ${problem}`);
  });
  if (bad > 0) {
    const more = bad > wrong.length ? [`and ${bad - wrong.length} more bad lines`] : [];
    const read = `read as ${format}; ${FORMATS.join(', ')} can be asked for by name`;
    throw new JudgementsError([...wrong, ...more, read].join('\n'));
  }
  const { judgements, repeated, withoutItems } = pairs.finish();
  if (judgements.starts.length < 2 || format === undefined) {
    throw new JudgementsError(
      `${path}: no query has an item of relevance ${options.relevantFrom} or more in ${lines} lines`,
    );
  }
  return { judgements, format, lines, repeated, withoutItems };
}
