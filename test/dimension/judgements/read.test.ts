import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { membersOf } from '../../../src/dimension/judgements/judgements.ts';
import { JudgementsError } from '../../../src/dimension/judgements/lines.ts';
import { readJudgements } from '../../../src/dimension/judgements/read.ts';
import { fc } from '../../properties.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'judgements-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(text: string | Uint8Array): string {
  const path = join(folder, 'judgements');
  writeFileSync(path, text);
  return path;
}

/** Names of the items of each query. */
async function read(text: string, relevantFrom = 1) {
  const result = await readJudgements(write(text), { relevantFrom });
  const { judgements } = result;
  const sets = Object.fromEntries(
    judgements.queryNames.map((name, query) => [
      name,
      Array.from(membersOf(judgements, query), (item) => judgements.itemNames[item]),
    ]),
  );
  return { ...result, sets };
}

const failure = (text: string) =>
  readJudgements(write(text), { relevantFrom: 1 }).then(
    () => 'no error',
    (error: unknown) => (error instanceof JudgementsError ? error.message : error),
  );

describe('formats', () => {
  const expected = { q1: ['a', 'b'], q2: ['b'] };

  test('TREC qrels, between spaces or tabs', async () => {
    const { format, sets } = await read('q1 0 a 1\nq1\t0\tb  2\nq2 Q0 b 1\nq2 Q0 c 0\n');
    expect({ format, sets }).toEqual({ format: 'trec', sets: expected });
  });

  test('tab-separated with two columns, spaces in names, no last line break', async () => {
    const { format, sets } = await read('red shoes\titem 1\nred shoes\titem 2');
    expect({ format, sets }).toEqual({
      format: 'tsv',
      sets: { 'red shoes': ['item 1', 'item 2'] },
    });
  });

  test('tab-separated with three columns and a header, Windows line breaks, a byte order mark', async () => {
    const { format, sets, lines } = await read(
      '\uFEFFquery-id\tcorpus-id\tscore\r\nq1\ta\t1\r\n\r\nq1\tb\t1\r\nq2\tb\t1\r\n',
    );
    expect({ format, sets }).toEqual({ format: 'tsv', sets: expected });
    expect(lines).toBe(4);
  });

  test('a header of two columns is no judgement', async () => {
    expect((await read('query\titem\nq\ta\n')).sets).toEqual({ q: ['a'] });
  });

  test('JSON Lines: lists, relevances by item, and one pair per line', async () => {
    const { format, sets } = await read(
      '{"query": "q1", "items": ["a"]}\n{"query": "q1", "items": {"b": 2, "c": 0}}\n{"query-id": "q2", "corpus-id": "b", "score": 1}\n',
    );
    expect({ format, sets }).toEqual({ format: 'jsonl', sets: expected });
  });

  test('whole numbers are names too', async () => {
    expect((await read('{"query": 7, "items": [1, 2]}')).sets).toEqual({ 7: ['1', '2'] });
  });
});

describe('what counts', () => {
  test('items below the least relevance exist, and match nothing', async () => {
    const { judgements, sets, withoutItems } = await read('q 0 a 2\nq 0 b 1\np 0 b 1\n', 2);
    expect(sets).toEqual({ q: ['a'] });
    expect(judgements.itemNames).toEqual(['a', 'b']);
    expect(withoutItems).toBe(1);
  });

  test('repeated pairs count once', async () => {
    const { sets, repeated } = await read('q 0 a 1\nq 0 a 1\nq 0 a 0\n');
    expect(sets).toEqual({ q: ['a'] });
    expect(repeated).toBe(1);
  });
});

describe('bad lines', () => {
  test('are named with their numbers, and counted past the fifth', async () => {
    const message = await failure(`q 0 a 1\n${'q a\n'.repeat(7)}q 0 b x\n`);
    expect(message).toContain('judgements:2: wanted 4 columns (query 0 item relevance), got 2');
    expect(message).toContain('judgements:6:');
    expect(message).not.toContain('judgements:7:');
    expect(message).toContain('and 3 more bad lines');
  });

  test.each([
    ['q\ta\n\tb\n', ':2: the query is empty'],
    ['q\ta\t1\nq\tb\t\n', ':2: the relevance is not a number: ""'],
    ['{"query": "q", "items": ["a"]}\n{"query": "q"}\n', ':2: "items" is missing'],
    ['{"query": "q", "items": ["a"]}\n{"query": 1.5, "items": []}\n', ':2: "query" is missing or'],
    ['{"query": "q", "items": ["a", null]}', ':1: item 2 of "items" is neither'],
    ['{"query": "q", "items": ["a"]}\n{oops\n', ':2: not JSON'],
  ])('%j', async (text, message) => {
    expect(await failure(text)).toContain(message);
  });

  test('a file without a match, an empty file, and bytes that are no text', async () => {
    expect(await failure('q 0 a 0\n')).toContain('no query has an item of relevance 1 or more');
    expect(await failure('')).toContain('no query has an item');
    const path = write(Uint8Array.of(0x71, 0x09, 0xff, 0x0a));
    await expect(readJudgements(path, { relevantFrom: 1 })).rejects.toThrow('not UTF-8');
  });
});

test('any judgements come back as they were written, in every format', async () => {
  const name = fc.stringMatching(/^[a-zé0-9]{1,4}$/);
  const sets = fc.dictionary(name, fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), {
    minKeys: 1,
    maxKeys: 6,
    noNullPrototype: true,
  });
  await fc.assert(
    fc.asyncProperty(sets, async (wanted) => {
      const pairs = Object.entries(wanted).flatMap(([q, items]) => items.map((i) => [q, i]));
      const texts = [
        pairs.map(([q, i]) => `${q} 0 ${i} 1`).join('\n'),
        pairs.map(([q, i]) => `${q}\t${i}\t1`).join('\n'),
        Object.entries(wanted)
          .map(([query, items]) => JSON.stringify({ query, items }))
          .join('\n'),
      ];
      for (const text of texts) {
        const { sets: found } = await read(text);
        const sorted = (all: Readonly<Record<string, readonly string[]>>) =>
          Object.fromEntries(Object.entries(all).map(([q, items]) => [q, [...items].sort()]));
        expect(sorted(found)).toEqual(sorted(wanted));
      }
    }),
    { numRuns: 40 },
  );
});

test('lines and letters may be cut anywhere by the blocks that a file is read in', async () => {
  const items = Array.from({ length: 120_000 }, (_, i) => `ü${i}`);
  const { judgements } = await read(items.map((item, i) => `q${i % 7}\t${item}`).join('\n'));
  expect(judgements.itemNames).toEqual(items);
  expect(judgements.members.length).toBe(items.length);
});
