import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { numbers, utf8 } from '../../../src/tables/column.ts';
import { joinTables } from '../../../src/tables/join.ts';
import { encodeTable } from '../../../src/tables/write.ts';
import { expectReadable } from '../../browser/looks.ts';
import { BROWSER, launch, linksOf, openPage } from '../../browser/open.ts';
import { PipeProject, stage } from '../cli/pipe.ts';

/** A text that would be heard of if a page took it for markup. */
const HOSTILE = `<img src=x onerror=alert(1)></script><script>alert(2)</script>`;

const ROWS = 100_000;

const project = new PipeProject({});
const dataFile = (name: string) => join(project.root, 'data', name);

/** More than 6 MB. */
function bigTable(): Uint8Array {
  const repeated = (n: number) => Float64Array.from({ length: ROWS }, (_, i) => (i % 1000) / n);
  const bytes = encodeTable({
    columns: {
      row: numbers(
        'int32',
        Int32Array.from({ length: ROWS }, (_, i) => i),
      ),
      ...Object.fromEntries(
        [3, 7, 11, 13, 17, 19, 23, 29].map((n) => [`i/${n}`, numbers('float64', repeated(n))]),
      ),
    },
  });
  expect(bytes.length).toBeGreaterThan(6e6);
  return bytes;
}

/** A stage that hands on a file of the test. */
const copying = (name: string, inputs = '{}', params: readonly string[] = []) =>
  `import { copyFileSync } from 'node:fs';
  ${stage(`copyFileSync(${JSON.stringify(dataFile(name))}, outputs.out);`, { inputs, params })}`.replace(
    'out.txt',
    'out.arrow',
  );

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><script>alert(3)</script><circle r="9"/></svg>`;

let browser: Browser;
let report: string;
/** One page for all tests: opening one takes as long as a test. */
let page: Page;
let complaints: string[];

describe.skipIf(BROWSER === undefined)('a report in a browser', () => {
  beforeAll(async () => {
    const table = (rows: number) =>
      encodeTable({
        columns: {
          step: numbers(
            'int32',
            Int32Array.from({ length: rows }, (_, i) => i),
          ),
          kl: numbers(
            'float64',
            Float64Array.from({ length: rows }, (_, i) => 1 / (i + 1)),
          ),
          name: utf8(Array.from({ length: rows }, (_, i) => `${HOSTILE} ${i}`)),
        },
      });
    mkdirSync(join(project.root, 'data'));
    writeFileSync(dataFile('small.arrow'), table(5));
    writeFileSync(dataFile('big.arrow'), bigTable());
    project.write(
      'pipeline.yaml',
      `axes: { seed: [1, 2], model: [small, large] }
stages:
  train: { matrix: [model, seed], params: { note: ${JSON.stringify(HOSTILE)} } }
  evaluate: { matrix: [model, seed], inputs: { from: train/out } }
  big: {}
  plot: { matrix: [], inputs: { all: evaluate/out } }
`,
    );
    project.write(
      'stages/train.ts',
      stage(
        `log(${JSON.stringify(`\u001b[31m${HOSTILE}\u001b[0m`)});
        progress({ done: 1, total: 3, unit: 'step', values: { loss: 1 / params.seed } });
        await new Promise((resolve) => setTimeout(resolve, 150));
        progress({ done: 2, total: 3, unit: 'step', values: { loss: 0.5 / params.seed } });
        progress({ done: 3, total: 3, unit: 'step', values: { loss: 0.1 / params.seed } });
        writeFileSync(outputs.out, ${JSON.stringify(HOSTILE)});`,
        { params: ['note', 'seed'] },
      ),
    );
    project.write(
      'stages/evaluate.ts',
      copying('small.arrow', `{ from: 'one' }`, ['seed', 'model']),
    );
    project.write('stages/big.ts', copying('big.arrow'));
    project.write(
      'stages/plot.ts',
      stage(`writeFileSync(outputs.out, ${JSON.stringify(SVG)});`, {
        inputs: `{ all: 'many' }`,
      }).replace('out.txt', 'out.svg'),
    );
    expect(project.pipe('run')).toMatchObject({ status: 0 });
    const [run] = readdirSync(join(project.root, 'cache/runs'));
    project.write(
      'stages/plot.ts',
      `// Edited: its result is of earlier code.\n${readSource('plot')}`,
    );
    const { stdout, status } = project.pipe('report', '--against', basename(run, '.jsonl'));
    expect(status).toBe(0);
    report = dirname(stdout.trim());
    browser = await launch();
    ({ page, complaints } = await openPage(browser));
  }, 120_000);

  // Taken away: a complaint is that of one test.
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  afterAll(async () => {
    await browser?.close();
    project.remove();
  });

  const addressOf = (path: string) => pathToFileURL(report).href + path;

  async function show(path: string): Promise<void> {
    // A page that is left alone with another # behind its address is the same one, still as it was.
    await page.goto('about:blank');
    await page.goto(addressOf(path));
    await page.getByText('Loading…').waitFor({ state: 'detached' });
  }

  const textsOf = (locator: Locator) => expect.poll(() => locator.allTextContents());
  const countOf = (locator: Locator) => expect.poll(() => locator.count());

  test.each([
    'index.html',
    'figures.html',
    'tables.html',
    'instances.html',
    'instances.html#plot',
    'instances.html#train%5Bmodel%3Dsmall%2Cseed%3D1%5D',
    'curves.html',
    'graph.html',
    'difference.html',
    '../index.html',
  ])(
    '%s is readable from the file system, in light and dark, on desktop and phone',
    async (path) => {
      await show(`/${path}`);
      await expectReadable(page);
    },
  );

  test('every link of every page leads to something that is there', async () => {
    const open = ['index.html'];
    const seen = new Set<string>();
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      await show(`/${name}`);
      const [file, hash = ''] = decodeURIComponent(name).split('#');
      if (file === 'instances.html') await namedOnPage(hash).waitFor();
      for (const link of await linksOf(page)) {
        const [target] = link.split('#');
        if (target === '') open.push(`${file}${link}`);
        else if (/^[a-z]+\.html$/.test(target)) open.push(link);
        expect([link, existsSync(join(report, decodeURIComponent(target)))]).toEqual([link, true]);
      }
    }
    expect(seen).toContain('instances.html#plot');
    expect(seen).toContain(`instances.html#${encodeURIComponent('train[model=large,seed=2]')}`);
  });

  /** What the page of instances shows when its address names one, a stage, or all of them. */
  function namedOnPage(hash: string): Locator {
    const stage = /^stage=(.*)$/.exec(hash)?.[1];
    if (stage !== undefined) return page.getByText(`Stage ${stage}.`);
    if (['', 'all', 'main'].includes(hash)) return page.getByRole('status');
    return page.getByRole('heading', { name: hash, exact: true });
  }

  test('the overview counts current and outdated results', async () => {
    await show('/index.html');
    const rows = await page.locator('table').first().locator('tbody tr').all();
    const cells = await Promise.all(rows.map((row) => row.locator('td').allTextContents()));
    expect(cells.map((row) => row.slice(0, 4))).toEqual([
      ['train', '4', '4', ''],
      ['evaluate', '4', '4', ''],
      ['big', '1', '1', ''],
      ['plot', '1', '0', '1'],
    ]);
  });

  test('a table is searched, filtered by a condition, sorted and kept as CSV, JSON and Arrow', async () => {
    await show('/tables.html#evaluate%2Fout');
    const rows = page.locator('.rows tbody tr');
    await countOf(rows).toBe(20);
    await page.getByRole('searchbox').fill('seed=2 step>=3 model~arg');
    await page.getByRole('status').getByText('2 of 20 rows', { exact: true }).waitFor();
    await countOf(rows).toBe(2);
    await page.getByRole('button', { name: 'step' }).click();
    await page.locator('th[aria-sort=ascending]', { hasText: 'step' }).waitFor();
    await page.getByRole('button', { name: 'step' }).click();
    await page.locator('th[aria-sort=descending]', { hasText: 'step' }).waitFor();
    await textsOf(rows.first().locator('td')).toEqual(['large', '2', '4', '0.2', `${HOSTILE} 4`]);
    const keep = async (name: string) => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name, exact: true }).click(),
      ]);
      return readFileSync(await file.path());
    };
    expect((await keep('CSV')).toString()).toBe(
      `model,seed,step,kl,name\nlarge,2,4,0.2,${HOSTILE} 4\nlarge,2,3,0.25,${HOSTILE} 3\n`,
    );
    expect(JSON.parse((await keep('JSON')).toString())[1]).toEqual({
      model: 'large',
      seed: 2,
      step: 3,
      kl: 0.25,
      name: `${HOSTILE} 3`,
    });
    const parts = ['small', 'large'].flatMap((model) =>
      [1, 2].map((seed) => ({ path: dataFile('small.arrow'), coordinates: { model, seed } })),
    );
    expect(Buffer.compare(await keep('Arrow'), joinTables(parts)?.bytes ?? Buffer.of())).toBe(0);
  });

  test('a table of 100,000 rows and 6 MB scrolls to its end and draws few of them', async () => {
    await show('/tables.html#big%2Fout');
    const row = page.locator('.rows tbody td:first-child');
    const last = row.getByText('99999', { exact: true });
    await row.getByText('0', { exact: true }).waitFor();
    await countOf(last).toBe(0);
    await page.locator('.rows').focus();
    await page.keyboard.press('End');
    await last.waitFor();
    expect(await page.locator('.rows tbody tr').count()).toBeLessThan(100);
    await page.getByRole('searchbox').fill('row>99997');
    await textsOf(row).toEqual(['99998', '99999']);
    await show('/tables.html#big%2Fout?row%3E99998');
    await textsOf(row).toEqual(['99999']);
  });

  test('an instance shows params, curve, provenance, artifacts and log, all of it as text', async () => {
    await show('/instances.html');
    await page.getByRole('searchbox').fill('stage=train seed=1');
    await page.getByRole('link', { name: 'train[model=small,seed=1]' }).click();
    await page.getByRole('heading', { name: 'train[model=small,seed=1]' }).waitFor();
    const contains = async (text: string | RegExp) =>
      expect.poll(() => page.locator('main').textContent()).toMatch(text);
    await contains('stages/train.ts and what it imports');
    await contains(/action key[0-9a-f]{64}/);
    const params = page.getByRole('heading', { name: 'Params' }).locator('+ pre');
    await textsOf(params).toEqual([expect.stringContaining(`"note": ${JSON.stringify(HOSTILE)}`)]);
    await textsOf(page.getByRole('heading', { name: 'Log' }).locator('+ pre')).toEqual([HOSTILE]);
    await page.getByText('show out.txt').click();
    await textsOf(page.locator('details[open] pre')).toEqual([HOSTILE]);
    await countOf(page.locator('.chart svg[role=img] path[d]')).toBeGreaterThan(0);
  });

  test('an instance leads to its rows among those of all instances', async () => {
    const id = 'evaluate[model=large,seed=2]';
    await show(`/instances.html#${encodeURIComponent(id)}`);
    await page.getByRole('link', { name: 'out.arrow' }).click();
    await page.getByRole('status').getByText('5 of 20 rows', { exact: true }).waitFor();
    await textsOf(page.locator('.rows tbody tr').first().locator('td').nth(0)).toEqual(['large']);
  });

  test('curves of a stage are drawn, searched and named by the pointer', async () => {
    await show('/curves.html');
    const lines = page.locator('.chart [data-mark=line] path');
    await countOf(lines).toBe(4);
    await page.getByRole('searchbox').fill('small');
    await countOf(lines).toBe(2);
    await expect
      .poll(async () => {
        // A chart that is drawn anew under a pointer at rest does not hear of it.
        await page.mouse.move(0, 0);
        await page.locator('.chart svg[role=img]').hover();
        return await page.locator('.chart svg[role=img]').textContent();
      })
      .toMatch(/train\[model=small,seed=[12]\]\W*step \d\W*loss 0/);
    await page.getByLabel('logarithmic').check();
    await countOf(lines).toBe(2);
  });

  test('a figure is shown as an image, is found by its name, and says that its code has changed', async () => {
    await show('/figures.html');
    const figure = page.locator('figure');
    const width = () =>
      figure
        .locator('img')
        .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
    await expect.poll(width).toBe(40);
    await page.getByRole('searchbox').fill('evaluate');
    await figure.waitFor({ state: 'hidden' });
    await page.getByRole('searchbox').fill('plot svg');
    await figure.waitFor({ state: 'visible' });
    await figure.getByRole('link', { name: 'plot', exact: true }).click();
    const outdated = page.getByText('outdated: stages/plot.ts edited');
    await outdated.waitFor();
    await page.getByRole('link', { name: 'Skip to the content' }).press('Enter');
    await expect.poll(() => page.url()).toMatch(/#main$/);
    await expect.poll(() => outdated.isVisible()).toBe(true);
  });

  test('the keyboard reaches the content first and every stage of the graph', async () => {
    await show('/graph.html');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('main');
    expect(await page.locator('.graph a').count()).toBe(4);
    await page.locator('.graph a', { hasText: 'plot' }).click();
    await page.getByText('Stage plot.').waitFor();
  });
});

function readSource(name: string): string {
  return readFileSync(join(project.root, 'stages', `${name}.ts`), 'utf8').replace(
    'writeFileSync(',
    "console.log('edited'); writeFileSync(",
  );
}
