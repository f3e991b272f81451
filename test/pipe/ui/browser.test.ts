import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectReadable } from '../../browser/looks.ts';
import { BROWSER, launch, openPage } from '../../browser/open.ts';
import type { StartedProcess } from '../../processes.ts';
import { PipeProject, stage } from '../cli/pipe.ts';

const HOSTILE = `<img src=x onerror=alert(1)>`;

const project = new PipeProject({
  'pipeline.yaml': `stages:
  train: {}
  bad: {}
  later: { inputs: { from: train/out } }
`,
  'stages/bad.ts': stage(`throw new Error(${JSON.stringify(HOSTILE)});`),
  'stages/later.ts': stage(`writeFileSync(outputs.out, 'done');`, { inputs: `{ from: 'one' }` }),
});
// Reports a loss, then waits for a file of the test.
project.write(
  'stages/train.ts',
  stage(
    `log(${JSON.stringify(`\u001b[31m${HOSTILE}\u001b[0m`)});
     for (let done = 1; done <= 3; done += 1) {
       progress({ done, total: 4, unit: 'step', values: { loss: 1 / done } });
       await new Promise((resolve) => setTimeout(resolve, 150));
     }
     while (!existsSync(${JSON.stringify(join(project.root, 'go'))})) {
       if (signal.aborted) throw new Error('aborted');
       await new Promise((resolve) => setTimeout(resolve, 20));
     }
     writeFileSync(outputs.out, 'done');`,
  ),
);

let browser: Browser;
let ui: StartedProcess;
let url: string;

describe.skipIf(BROWSER === undefined)('the live page', () => {
  beforeAll(async () => {
    browser = await launch();
    ui = project.start('ui');
    const [line] = (await once(ui.stdout ?? ui, 'data')) as [Buffer];
    url = line.toString().trim();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    ui?.kill('SIGINT');
    project.remove();
  });

  /** Status of an answer to a request with other headers than the browser's own. */
  function statusOf(address: string, headers: Record<string, string> = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      get(address, { headers }, (response) => {
        response.destroy();
        resolve(response.statusCode ?? 0);
      }).on('error', reject);
    });
  }

  test('answers nobody without its token, under another name or from another origin', async () => {
    const { origin } = new URL(url);
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await statusOf(url)).toBe(200);
    expect(await statusOf(`${origin}/`)).toBe(401);
    expect(await statusOf(`${origin}/?token=wrong`)).toBe(401);
    expect(await statusOf(url, { host: 'evil.example' })).toBe(403);
    expect(await statusOf(url, { origin: 'http://evil.example' })).toBe(403);
    const log = url.replace('/?', '/log?instance=../../pipeline.yaml%00&');
    expect(await statusOf(log)).toBe(404);
    // A request that changes something needs the page's own origin.
    const cancelled = await fetch(url.replace('/?', '/cancel?run=x&'), { method: 'POST' });
    expect(cancelled.status).toBe(403);
  });

  test('follows a run through a failure and a cancel, and the next one to its end', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(url);
    await page.getByRole('heading', { name: 'Waiting for a run' }).waitFor();
    await expectReadable(page);

    const first = project.start('run', '--keep-going');
    await page.getByRole('heading', { name: 'Running' }).waitFor();
    await page.getByRole('row', { name: /^bad bad failed.*onerror/ }).waitFor();
    await page.getByRole('row', { name: /^train train running step 3\/4/ }).waitFor();
    await page.locator('g.node.failed', { hasText: 'bad' }).waitFor();
    await page.locator('g.node.running', { hasText: 'train' }).waitFor();
    await expect.poll(() => page.locator('.chart [data-mark=line] path').count()).toBe(1);
    await expectReadable(page);
    await page.getByRole('link', { name: 'train', exact: true }).last().click();
    await expect.poll(() => page.locator('pre').textContent()).toBe(`${HOSTILE}\n`);
    await expectReadable(page);
    await page.getByRole('link', { name: 'All instances' }).click();
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await page.getByRole('heading', { name: 'Failed' }).waitFor();
    await page.getByRole('row', { name: /^train train cancelled/ }).waitFor();
    if (first.exitCode === null) await once(first, 'exit');
    expect(first.exitCode).toBe(130);

    project.write('stages/bad.ts', stage(`writeFileSync(outputs.out, 'good');`));
    project.write('go', '');
    const second = project.start('run');
    await page.getByRole('heading', { name: 'Done' }).waitFor();
    await page.getByRole('row', { name: /^later later ran/ }).waitFor();
    if (second.exitCode === null) await once(second, 'exit');
    expect(second.exitCode).toBe(0);
    await page.getByRole('button', { name: 'Cancel the run' }).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);

  test('keeps up with 10,000 instances of a run, and says that a killed one was interrupted', async () => {
    const count = 10_000;
    const cost = { seconds: 1, cpuSeconds: 1, peakMemory: 1, outputs: [], metrics: {} };
    const lines = Array.from({ length: count }, (_, i) => {
      const about = { instance: `many[n=${i}]`, stage: 'many' };
      const start = {
        type: 'started',
        ...about,
        axes: { n: i },
        attempt: 1,
        pid: 1,
        reason: 'new',
      };
      return [start, { type: 'finished', ...about, key: 'k', ...cost }];
    }).flat();
    const stages = [{ stage: 'many', total: count, current: 0 }];
    const begin = {
      type: 'run-started',
      run: '29990101-000000-aaaa',
      profile: 'default',
      jobs: 2,
      stages,
    };
    const text = [begin, ...lines].map((event) => JSON.stringify({ at: 1, ...event })).join('\n');
    mkdirSync(join(project.root, 'cache/journals'), { recursive: true });
    writeFileSync(join(project.root, 'cache/journals/29990101-000000-aaaa.jsonl'), `${text}\n`);
    const { page, complaints } = await openPage(browser);
    await page.goto(url);
    await page.getByText('10000 rows').waitFor();
    await page.getByRole('heading', { name: 'Interrupted' }).waitFor();
    await page.getByRole('row', { name: 'many 10000 10000' }).waitFor();
    await page.getByRole('searchbox').fill('n=9999');
    await page.getByRole('row', { name: /^many\[n=9999\] many ran/ }).waitFor();
    expect(complaints).toEqual([]);
  }, 120_000);
});
