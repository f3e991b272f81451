import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numbers, utf8 } from '../../../src/tables/column.ts';
import { joinTables } from '../../../src/tables/join.ts';
import { encodeTable } from '../../../src/tables/write.ts';
import {
  accessibilityFaults,
  BROWSER,
  isTooWide,
  launch,
  linksOf,
  openPage,
} from '../../browser/open.ts';
import { PipeProject, stage } from '../cli/pipe.ts';

/** A text that would be heard of if a page took it for markup. */
const HOSTILE = `<img src=x onerror=alert(1)></script><script>alert(2)</script>`;

const ROWS = 100_000;

const project = new PipeProject({});
const dataFile = (name: string) => join(project.root, 'data', name);

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

describe.skipIf(BROWSER === undefined)('a report in a browser', () => {
  beforeAll(async () => {
    browser = await launch();
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
    writeFileSync(
      dataFile('big.arrow'),
      encodeTable({
        columns: {
          row: numbers(
            'int32',
            Int32Array.from({ length: ROWS }, (_, i) => i),
          ),
        },
      }),
    );
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
        `log(${JSON.stringify(HOSTILE)});
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
    expect(project.pipe('run', 'plot', '--force')).toMatchObject({ status: 0 });
    project.write(
      'stages/plot.ts',
      `// Edited: its result is of earlier code.\n${readSource('plot')}`,
    );
    const { stdout, status } = project.pipe('report');
    expect(status).toBe(0);
    report = dirname(stdout.trim());
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    project.remove();
  });

  const addressOf = (path: string) => pathToFileURL(report).href + path;

  async function show(path: string, options = {}): Promise<{ page: Page; complaints: string[] }> {
    const opened = await openPage(browser, options);
    await opened.page.goto(addressOf(path));
    return opened;
  }

  test.each([
    'index',
    'figures',
    'tables',
    'instances',
    'instances.html#plot',
    'instances.html#train%5Bmodel%3Dsmall%2Cseed%3D1%5D',
    'curves',
    'graph',
    'difference',
    '../index',
  ])(
    '%s opens from the file system without a complaint, in light and dark, on desktop and phone',
    async (name) => {
      const path = `/${name.includes('.html') ? name : `${name}.html`}`;
      for (const [width, colorScheme] of [
        [1280, 'light'],
        [390, 'dark'],
      ] as const) {
        const { page, complaints } = await show(path, {
          viewport: { width, height: 800 },
          colorScheme,
        });
        await page.getByText('Loading…').waitFor({ state: 'detached' });
        expect(await accessibilityFaults(page)).toEqual([]);
        expect(await isTooWide(page)).toBe(false);
        expect(complaints).toEqual([]);
        await page.close();
      }
    },
  );

  test('every link of every page leads to something that is there', async () => {
    const { page, complaints } = await show('/index.html');
    const open = ['index.html'];
    const seen = new Set<string>();
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      await page.goto(addressOf(`/${name}`));
      await page.getByText('Loading…').waitFor({ state: 'detached' });
      for (const link of await linksOf(page)) {
        const [file] = link.split('#');
        if (file === '') continue;
        expect([link, existsSync(join(report, decodeURIComponent(file)))]).toEqual([link, true]);
        if (/^[a-z]+\.html/.test(link)) open.push(link);
      }
    }
    expect(seen).toContain('instances.html#plot');
    expect(complaints).toEqual([]);
  });

  test('the overview counts current and outdated results', async () => {
    const { page } = await show('/index.html');
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
    const { page, complaints } = await show('/tables.html#evaluate%2Fout');
    const rows = page.locator('.rows tbody tr');
    await expect.poll(() => rows.count()).toBe(20);
    await page.getByRole('searchbox').fill('seed=2 step>=3 model~arg');
    await expect.poll(() => rows.count()).toBe(2);
    expect(await page.getByRole('status').textContent()).toBe('2 of 20 rows');
    await page.getByRole('button', { name: 'step' }).click();
    await page.getByRole('button', { name: 'step' }).click();
    expect(await page.getByRole('columnheader', { name: 'step' }).getAttribute('aria-sort')).toBe(
      'descending',
    );
    expect(await rows.first().locator('td').allTextContents()).toEqual([
      'large',
      '2',
      '4',
      '0.2',
      `${HOSTILE} 4`,
    ]);
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
    expect(complaints).toEqual([]);
  });

  test('a table of 100,000 rows scrolls to its end and draws few of them', async () => {
    const { page, complaints } = await show('/tables.html#big%2Fout');
    const last = page.locator('.rows tbody td', { hasText: /^99999$/ });
    await page.locator('.rows tbody td', { hasText: /^0$/ }).waitFor();
    expect(await last.count()).toBe(0);
    await page.locator('.rows').focus();
    await page.keyboard.press('End');
    await last.waitFor();
    expect(await page.locator('.rows tbody tr').count()).toBeLessThan(100);
    await page.getByRole('searchbox').fill('row>99997');
    await expect
      .poll(() => page.locator('.rows tbody td').allTextContents())
      .toEqual(['99998', '99999']);
    expect(complaints).toEqual([]);
  });

  test('an instance shows params, curve, provenance, artifacts and log, all of it as text', async () => {
    const { page, complaints } = await show('/instances.html');
    await page.getByRole('searchbox').fill('stage=train seed=1');
    await page.getByRole('link', { name: 'train[model=small,seed=1]' }).click();
    await page.getByRole('heading', { name: 'train[model=small,seed=1]' }).waitFor();
    await page.getByText('and what it imports').waitFor();
    const text = await page.locator('main').textContent();
    expect(text).toContain(`"note": ${JSON.stringify(HOSTILE)}`);
    expect(text).toContain('stages/train.ts and what it imports');
    expect(text).toMatch(/action key[0-9a-f]{64}/);
    expect(await page.getByRole('heading', { name: 'Log' }).locator('+ pre').textContent()).toBe(
      HOSTILE,
    );
    await page.getByText('show out.txt').click();
    expect(await page.locator('details[open] pre').textContent()).toBe(HOSTILE);
    expect(await page.locator('.chart svg[role=img] path[d]').count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });

  test('curves of a stage are drawn, searched and named by the pointer', async () => {
    const { page, complaints } = await show('/curves.html');
    await expect.poll(() => page.locator('.chart [data-mark=line] path').count()).toBe(4);
    await page.getByRole('searchbox').fill('small');
    await expect.poll(() => page.locator('.chart [data-mark=line] path').count()).toBe(2);
    await page.locator('.chart svg[role=img]').hover();
    await page.locator('.chart', { hasText: /train\[model=small,seed=[12]\]/ }).waitFor();
    await page.getByLabel('logarithmic').check();
    await expect.poll(() => page.locator('.chart [data-mark=line] path').count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  test('a figure is shown as an image, is found by its name, and says that its code has changed', async () => {
    const { page, complaints } = await show('/figures.html');
    const figure = page.locator('figure');
    await figure.locator('img').waitFor();
    await expect
      .poll(() =>
        figure
          .locator('img')
          .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
      )
      .toBe(40);
    await page.getByRole('searchbox').fill('evaluate');
    expect(await figure.isVisible()).toBe(false);
    await page.getByRole('searchbox').fill('plot svg');
    expect(await figure.isVisible()).toBe(true);
    await figure.getByRole('link', { name: 'plot', exact: true }).click();
    await page.getByText('outdated: stages/plot.ts edited').waitFor();
    expect(complaints).toEqual([]);
  });

  test('the keyboard reaches the content first and every stage of the graph', async () => {
    const { page } = await show('/graph.html');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
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
