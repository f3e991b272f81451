import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { studyPages } from '../../src/pages/data/story.ts';
import { linkOf } from '../../src/pages/queries/link.ts';
import { queryOf } from '../../src/pages/queries/tokens.ts';
import type { ReportContext } from '../../src/pipe/pipeline/contract.ts';
import { closeBundler } from '../../src/pipe/report/bundle.ts';
import { writeSite } from '../../src/pipe/report/site.ts';
import { deckOf } from '../../src/study/deck/deck.ts';
import { GAMES, type Game } from '../../src/study/games/query-set.ts';
import { readQuerySet } from '../../src/study/games/query-table.ts';
import { readTable } from '../../src/tables/read.ts';
import { expectReadable } from '../browser/looks.ts';
import { BROWSER, launch, openPage } from '../browser/open.ts';
import { smallStudy } from './small-study.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const DECK = deckOf(9);
/** How far the playground's numbers may be from the stored ones. */
const TOLERANCE = 1e-4;

let folder: string;
let context: ReportContext;
let browser: Browser;
/** The playground, open for all tests: its runtime takes seconds to start. */
let page: Page;
/** For the other pages. */
let story: Page;
const complaints: string[][] = [];

const addressOf = (page: string) => `${pathToFileURL(join(folder, 'site')).href}/${page}`;

/** The query in a row of a game's test queries, as the playground's address has it. */
function testQuery(game: Game, row: number): string {
  const path = context.artifact('build-queries', 'test', { game }) ?? '';
  const { tokens, sequenceLength: T } = readQuerySet(path);
  return linkOf(DECK, queryOf(DECK, game, tokens.subarray(row * T, (row + 1) * T)));
}

async function play(game: Game, link: string): Promise<void> {
  await page.goto(addressOf(`playground.html#cards=9&game=${game}&query=${link}`));
  await answered(link);
  // Another game's models may have answered the same query before.
  await page.locator(`tr[data-model^="9-${game}-"]`).first().waitFor();
}

/** Waits until all models have answered a query. */
function answered(link: string): Promise<void> {
  return page.locator(`.predictions[data-query="${link}"]`).waitFor();
}

/** What the playground says of a model, in full precision. */
async function shown(file: string) {
  const row = page.locator(`tr[data-model="${file}"]`);
  const number = async (name: string) => Number(await row.getAttribute(`data-${name}`));
  const cells = await row.locator('td[data-mass]').all();
  const mass = await Promise.all(
    cells.map(async (cell) => Number(await cell.getAttribute('data-mass'))),
  );
  return { kl: await number('kl'), overlap: await number('overlap'), mass };
}

describe.skipIf(BROWSER === undefined)('the study’s pages in a browser', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'study-pages-'));
    context = await smallStudy(join(folder, 'artifacts'));
    const site = {
      title: 'study',
      root: REPOSITORY,
      ownPages: studyPages(context),
      genericPages: [],
    };
    await writeSite(join(folder, 'site'), site);
    await closeBundler();
    browser = await launch();
    const [first, second] = [await openPage(browser), await openPage(browser)];
    [page, story] = [first.page, second.page];
    complaints.push(first.complaints, second.complaints);
  }, 180_000);

  // Taken away: a complaint is that of one test.
  afterEach(() => expect(complaints.flatMap((ofPage) => ofPage.splice(0))).toEqual([]));

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(GAMES)('the playground’s numbers on %s are those of evaluate', async (game) => {
    for (const row of [0, 17]) {
      await play(game, testQuery(game, row));
      for (const { path, axes } of context.artifacts('evaluate', 'queries')) {
        if (axes.game !== game) continue;
        const stored = readTable(path);
        const model = await shown(`9-${game}-${axes.dim ?? axes.model}.onnx`);
        for (const name of ['kl', 'overlap'] as const) {
          expect(Math.abs(model[name] - stored.numbers(name, 'float32')[row])).toBeLessThan(
            TOLERANCE,
          );
        }
      }
    }
  });

  test('the playground’s probabilities are those of evaluate, true keys first', async () => {
    for (const { path, axes } of context.artifacts('evaluate', 'examples')) {
      if (axes.game !== 'union') continue;
      const table = readTable(path);
      const row = 2;
      const mass = table.fixedSizeLists('mass', 'float32').values.slice(row * 9, (row + 1) * 9);
      const isTrue = table.fixedSizeLists('isTrue', 'uint8').values.slice(row * 9, (row + 1) * 9);
      const order = [...mass.keys()].sort((a, b) => isTrue[b] - isTrue[a] || a - b);
      await play('union', testQuery('union', table.numbers('query', 'uint32')[row]));
      const model = await shown(`9-union-${axes.dim ?? axes.model}.onnx`);
      expect(model.mass).toHaveLength(9);
      order.forEach((key, at) => {
        expect(Math.abs(model.mass[at] - mass[key])).toBeLessThan(TOLERANCE);
      });
    }
  });

  test('cards, wildcards and operators are chosen by keyboard, and the address follows', async () => {
    await play('symdiff', '00-00.or.22-22');
    await page.getByRole('heading', { name: '2 true keys of 9' }).waitFor();
    await page.getByRole('button', { name: /^second card of pair 2: three purple/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: 'purple' }).focus();
    await page.keyboard.press('ArrowRight');
    await answered('00-00.or.22-x2');
    await page.getByRole('heading', { name: '4 true keys of 9' }).waitFor();
    await page.getByRole('radio', { name: 'either, not both: symmetric difference' }).check();
    await answered('00-00.xor.22-x2');
    await expect
      .poll(() => new URL(page.url()).hash)
      .toBe('#cards=9&game=symdiff&query=00-00.xor.22-x2');
    await expect.poll(() => page.locator('tr[data-model]').count()).toBe(3);
  });

  test('another query is drawn, and a query without a true key has no KL', async () => {
    await play('symdiff', '00-00.xor.00-00');
    await page.getByText('No key is true').waitFor();
    await expect.poll(() => page.locator('tr[data-kl]').count()).toBe(0);
    await page.getByRole('button', { name: 'another query' }).click();
    await page.locator('tr[data-kl]').first().waitFor();
    await expect.poll(() => page.url()).not.toContain('00-00.xor.00-00');
  });

  test('any subset can be ticked on shatter, but not none', async () => {
    await play('shatter', '00');
    await page.getByRole('checkbox', { name: 'two green diamonds' }).check();
    await answered('00.11');
    await page.getByRole('button', { name: 'none' }).click();
    await page.getByText('Tick at least one card').waitFor();
    await page.locator('.predictions').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'all' }).click();
    await page.locator('tr[data-kl]').first().waitFor();
  });

  test('an address that asks for no query of the game gets another one', async () => {
    await play('set', '00-11');
    await page.goto(addressOf('playground.html#cards=9&game=star&query=<b>'));
    await page.locator('tr[data-model="9-star-2.onnx"]').waitFor();
    await expect.poll(() => page.url()).toMatch(/game=star&query=[012]{2}-[012x]{2}$/);
  });

  test('the figures of the story have marks, and change as asked', async () => {
    await story.goto(addressOf('index.html'));
    const figures = story.locator('.figure');
    const countOf = (locator: Locator) => expect.poll(() => locator.count());
    await countOf(figures).toBe(4);
    const byGame = figures.nth(0);
    const dots = byGame.locator('.plot [data-mark="dot"] *');
    await countOf(byGame.locator('.plot [data-mark="line"] path')).toBe(0);
    await countOf(dots).toBe(30);
    await countOf(figures.nth(1).locator('.plot [data-mark="line"] path')).toBe(5);
    await countOf(figures.nth(3).locator('.plot svg')).toBe(5);
    await byGame.getByRole('checkbox', { name: 'd = 2' }).uncheck();
    await countOf(dots).toBe(20);
    await byGame.getByText('overlap').click();
    await byGame.locator('svg[aria-label="mean overlap of each model by game"]').waitFor();
    await countOf(byGame.getByText('linear')).toBe(0);
    // A dot tells its model, seed and value to whoever points at it.
    await expect
      .poll(async () => {
        await dots.last().hover({ force: true });
        return await byGame.locator('[aria-label="tip"]').textContent();
      })
      .toMatch(/seed 1/);
  });

  test('a slider shows one query’s mass by model', async () => {
    await story.goto(addressOf('index.html'));
    const figure = story.locator('.figure').nth(2);
    const bars = figure.locator('[data-mark="bar"] rect');
    await expect.poll(() => bars.count()).toBe(9);
    const heights = () => bars.evaluateAll((all) => all.map((bar) => bar.getAttribute('height')));
    const widest = await heights();
    const output = figure.locator('output');
    await expect.poll(() => output.textContent()).toMatch(/^d = 9: /);
    await figure.getByRole('slider').focus();
    await story.keyboard.press('ArrowRight');
    await expect.poll(() => output.textContent()).toMatch(/^d = 2: /);
    await expect.poll(heights).not.toEqual(widest);
    const link = await figure.getByRole('link', { name: 'play this query' }).getAttribute('href');
    const [, game, query] =
      /^playground[.]html#cards=9&game=(\w+)&query=(.+)$/.exec(link ?? '') ?? [];
    await play(game as Game, query);
  });

  test('each claim shows its rule and the rows it was judged by', async () => {
    await story.goto(addressOf('claims.html#shatter-fails-below-d-of-cards'));
    const claim = story.locator('details#shatter-fails-below-d-of-cards[open]');
    await claim.getByText('no step falls by more than').waitFor();
    // The contrastive models on shatter, and nothing else.
    expect(await claim.locator('tbody tr').count()).toBe(2);
    const makers = claim.locator('tbody a');
    expect(await makers.allTextContents()).toEqual(
      [9, 2].map((dim) => `evaluate[deck=9,game=shatter,seed=1,model=contrastive,dim=${dim}]`),
    );
    expect(await makers.first().getAttribute('href')).toBe(
      `instances.html#${encodeURIComponent((await makers.first().textContent()) ?? '')}`,
    );
    expect(await claim.locator('caption a').getAttribute('href')).toBe(
      'tables.html#evaluate%2Fmetrics',
    );
  });

  test.each(['index.html', 'claims.html#shatter-fails-below-d-of-cards'])(
    '%s is readable in light and dark, on desktop and phone',
    async (path) => {
      await story.goto(addressOf(path));
      await story.locator('.plot svg, details[open]').first().waitFor();
      await expectReadable(story);
    },
  );

  test.each([
    ['symdiff', '00-0x.xor.22-11'],
    ['shatter', '00.11'],
  ] as const)(
    'the playground of %s is readable in light and dark, on desktop and phone',
    async (game, link) => {
      await play(game, link);
      await expectReadable(page);
    },
  );
});
