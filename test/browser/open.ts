import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Where Debian and its kin install it; another place by $CHROMIUM. */
const PLACES = [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Path of the browser that tests drive; `undefined` where there is none. */
export const BROWSER: string | undefined = PLACES.find((path) => path !== '' && existsSync(path));

if (BROWSER === undefined) console.warn('no chromium: tests of pages in a browser are skipped');

/** Starts the browser. */
export async function launch(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  return await chromium.launch({ executablePath: BROWSER ?? '', args });
}

/** A page, and what it complains about meanwhile: errors of scripts, files that are not there. */
export async function openPage(
  browser: Browser,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('requestfailed', (request) => complaints.push(request.url()));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  return { page, complaints };
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules of axe-core whose answer depends on colours. */
export const COLOUR_RULES: readonly string[] = ['color-contrast', 'link-in-text-block'];

/**
 * Serious accessibility faults of a page as it is, by axe-core: what is wrong, and where.
 * @param rules to check; by default all
 */
export async function accessibilityFaults(
  page: Page,
  rules?: readonly string[],
): Promise<readonly string[]> {
  // A script element would be against the policy of a page that has one.
  if (!(await page.evaluate<boolean>("'axe' in globalThis"))) await page.evaluate(axe);
  const options = JSON.stringify({
    // Preloading asks the network for style sheets, which a page of the file system has none of.
    preload: false,
    resultTypes: ['violations'],
    ...(rules && { runOnly: rules }),
  });
  const { violations } = (await page.evaluate(`axe.run(${options})`)) as {
    readonly violations: readonly Violation[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Whether a page is wider than its window. */
export async function isTooWide(page: Page): Promise<boolean> {
  const root = 'document.documentElement';
  return await page.evaluate<boolean>(`${root}.scrollWidth > ${root}.clientWidth`);
}

/** What the links of a page lead to, as written. */
export async function linksOf(page: Page): Promise<readonly string[]> {
  return await page.evaluate(
    "[...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href'))",
  );
}
