/**
 * usage: node .ci/open-report.mjs FOLDER
 *
 * Opens a report of the study from the file system, as a reader does, and fails unless it says what it should.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const folder = resolve(process.argv[2] ?? '');
const executablePath = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
].find((path) => path !== undefined && existsSync(path));
if (executablePath === undefined) {
  console.error('ci: no chromium: the report is made but not opened');
  process.exit();
}

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
const page = await browser.newPage();
const complaints = [];
page.on('pageerror', (error) => complaints.push(error.message));
page.on('requestfailed', (request) => complaints.push(request.url()));
const open = (name) => page.goto(`${pathToFileURL(folder).href}/${name}`);

await open('index.html');
await page.getByRole('heading', { name: 'How many dimensions?', level: 1 }).waitFor();
for (const figure of await page.locator('.figure').all())
  await figure.locator('.plot svg').first().waitFor();
const figures = await page.locator('.figure').count();
assert.equal(figures, 4, 'figures of the story');

await open('playground.html');
await page.locator('.predictions tr[data-kl]').first().waitFor();
const models = await page.locator('.predictions tr[data-kl]').count();
assert.ok(models > 1, 'models that answer in the playground');

await open('claims.html');
const claims = await page.locator('details.claim').count();
assert.ok(claims > 20, `claims: ${claims}`);

await open('overview.html');
const facts = (await page.locator('dl.facts').allTextContents()).join();
assert.match(facts, /^\s*profileci$/m);
assert.doesNotMatch(facts, /without a result|of earlier code/);

await open('tables.html#evaluate%2Fmetrics');
const rows = page.getByRole('status').filter({ hasText: /^[1-9]\d* rows$/ });
await rows.waitFor();

console.log(
  `ci: the report opens: ${figures} figures, ${models} models that answer, ${claims} claims, ${await rows.textContent()} of metrics`,
);
assert.deepEqual(complaints, []);
await browser.close();
