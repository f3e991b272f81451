/** How a file says who matches whom. */
export const FORMATS = ['trec', 'tsv', 'jsonl'] as const;
export type Format = (typeof FORMATS)[number];

/** Takes one judgement: relevance 0 or less says that the item is not relevant. */
export type OnJudgement = (query: string, item: string, relevance: number) => void;

/** Reads one line; returns what is wrong with it, if anything. */
export type LineReader = (line: string, number: number, on: OnJudgement) => string | undefined;

/**
 * The format of a file by its first line with text: JSON begins with a brace, TREC has four columns
 * between spaces or tabs, anything else has to be tab-separated.
 */
export function formatOf(firstLine: string): Format {
  if (firstLine.trimStart().startsWith('{')) return 'jsonl';
  const tabbed = firstLine.split('\t').length;
  if (tabbed === 2 || tabbed === 3) return 'tsv';
  return firstLine.trim().split(/\s+/).length === 4 ? 'trec' : 'tsv';
}

export const readers: Readonly<Record<Format, LineReader>> = { trec, tsv, jsonl };

/** `query iteration item relevance`, between spaces or tabs (TREC qrels). */
function trec(line: string, _number: number, on: OnJudgement): string | undefined {
  const columns = line.trim().split(/\s+/);
  if (columns.length !== 4)
    return `wanted 4 columns (query 0 item relevance), got ${columns.length}`;
  const [query, , item, relevance] = columns;
  return withRelevance(relevance, (number) => on(query, item, number));
}

/** `query<TAB>item` or `query<TAB>item<TAB>relevance`; the first line may name the columns. */
function tsv(line: string, number: number, on: OnJudgement): string | undefined {
  const columns = line.split('\t');
  if (columns.length !== 2 && columns.length !== 3) {
    return `wanted 2 or 3 columns between tabs (query, item, relevance), got ${columns.length}`;
  }
  const [query, item, relevance] = columns;
  if (query === '' || item === '') return `the ${query === '' ? 'query' : 'item'} is empty`;
  if (number === 1 && isHeader(columns)) return undefined;
  if (relevance === undefined) return on(query, item, 1) as undefined;
  return withRelevance(relevance, (value) => on(query, item, value));
}

const isHeader = ([query, , relevance]: readonly string[]): boolean =>
  relevance === undefined
    ? /^(query|query[-_ ]?id|qid)$/i.test(query)
    : relevance.trim() !== '' && Number.isNaN(Number(relevance));

/**
 * One object per line: `{"query": "q1", "items": ["a", "b"]}`, items also as `{"a": 2, "b": 0}`; or one
 * pair per line, as LIMIT's files and MTEB's have it: `{"query-id": "q1", "corpus-id": "a", "score": 1}`.
 */
function jsonl(line: string, _number: number, on: OnJudgement): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'wanted an object with "query" and "items"';
  }
  const record = value as Readonly<Record<string, unknown>>;
  const query = name(record.query ?? record['query-id']);
  if (query === undefined) return '"query" is missing or neither text nor a whole number';
  if ('corpus-id' in record) {
    const item = name(record['corpus-id']);
    if (item === undefined) return '"corpus-id" is neither text nor a whole number';
    return withRelevance(record.score ?? 1, (number) => on(query, item, number));
  }
  const { items } = record;
  if (Array.isArray(items)) return listed(query, items, on);
  if (typeof items !== 'object' || items === null) {
    return '"items" is missing or neither a list nor an object of relevances';
  }
  for (const [item, relevance] of Object.entries(items)) {
    const wrong = withRelevance(relevance, (number) => on(query, item, number));
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function listed(query: string, items: readonly unknown[], on: OnJudgement): string | undefined {
  const names = items.map(name);
  const wrong = names.indexOf(undefined);
  if (wrong >= 0) return `item ${wrong + 1} of "items" is neither text nor a whole number`;
  for (const item of names) if (item !== undefined) on(query, item, 1);
  return undefined;
}

/** Names are text that is not empty; a whole number stands for its decimal digits. */
function name(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

function withRelevance(value: unknown, on: (relevance: number) => void): string | undefined {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
  const relevance = isNumber ? Number(value) : Number.NaN;
  if (!Number.isFinite(relevance)) return `the relevance is not a number: ${JSON.stringify(value)}`;
  on(relevance);
  return undefined;
}
