import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CodeSnapshot } from '../../../src/pipe/loader/code.ts';
import { takeSnapshot } from '../../../src/pipe/loader/snapshot.ts';
import { contextOf, ownPages } from '../../../src/pipe/report/own-pages.ts';

/** Files that a project may have as its pages, and what is said of them. */
const WRONG = [
  [`export default 1;`, 'stages/FILE.ts has no function as its default export'],
  [`throw new Error('no luck');`, 'stages/FILE.ts failed: no luck'],
  [`export default () => 1;`, 'stages/FILE.ts returns no list of pages'],
  [`export default () => [{ slug: '../x' }];`, "'../x' cannot be the slug of a page"],
  [`export default () => [{ slug: 'overview' }];`, "there is already a page 'overview'"],
  [`export default () => [{ slug: 'a', title: 'A' }];`, "page 'a' needs a title and html"],
  [
    `export default () => [{ slug: 'a', title: 'A', html: '', scripts: ['../x.ts'] }];`,
    "page 'a' has a script '../x.ts' that is not in the project",
  ],
  [
    `export default () => [{ slug: 'a', title: 'A', html: '', files: { '../../x': '/etc/hosts' } }];`,
    "page 'a' has a file '../../x', which is no relative path",
  ],
] as const;

const RIGHT = `export default ({ profile }) => [{ slug: 'a', title: profile, html: '' }];`;

let root: string;
let snapshot: CodeSnapshot;

describe('pages of a project', () => {
  beforeAll(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'own-pages-')));
    mkdirSync(join(root, 'stages'));
    const codes = [...WRONG.map(([code]) => code), RIGHT];
    for (const [i, code] of codes.entries()) writeFileSync(join(root, `stages/p${i}.ts`), code);
    snapshot = await takeSnapshot({ projectRoot: root });
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const pagesOf = (file: string) =>
    ownPages(snapshot, file, contextOf('default', []), ['overview']);

  test.each(WRONG.map(([code, message], i) => [code, message, i] as const))(
    'that are wrong are refused: %s',
    async (_, message, i) => {
      await expect(pagesOf(`p${i}`)).rejects.toThrow(message.replace('FILE', `p${i}`));
    },
  );

  test('that are right are taken, and a file that is not there is missed', async () => {
    const pages = await pagesOf(`p${WRONG.length}`);
    expect(pages).toEqual([{ slug: 'a', title: 'default', html: '' }]);
    await expect(pagesOf('none')).rejects.toThrow(
      'stages/none.ts, which pipeline.yaml names as report, does not exist',
    );
  });
});
