/**
 * What the live page costs the run that it shows: user and system seconds of the runner's process, with `pipe ui` and a
 * page that follows it, and without, in turns: npm run bench:live-page [-- ROUNDS]
 */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { currentSnapshot } from '../src/pipe/loader/code.ts';

/** Instances of the run, and how often each says how far it is. */
const INSTANCES = 200;
const REPORTS = 500;

const root = currentSnapshot()?.projectRoot ?? process.cwd();
const bin = join(root, 'src/pipe/loader/pipe.mjs');
const rounds = Number(process.argv[2] ?? 10);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bench-live-page-')));

try {
  writeProject();
  // The first run also writes what later ones find.
  await secondsOfRun();
  const seconds: Record<'alone' | 'watched', number[]> = { alone: [], watched: [] };
  let events = 0;
  for (let round = 0; round < rounds; round += 1) {
    seconds.alone.push(await secondsOfRun());
    const page = await watch();
    seconds.watched.push(await secondsOfRun());
    events += await page.close();
  }
  // Other programs can only add to what a run costs.
  const [alone, watched] = [Math.min(...seconds.alone), Math.min(...seconds.watched)];
  console.log(
    `runner of ${INSTANCES} instances with ${REPORTS} reports each, least of ${rounds}: ${alone.toFixed(3)} s alone, ` +
      `${watched.toFixed(3)} s watched: ${((100 * (watched - alone)) / alone).toFixed(1)} %; ` +
      `medians ${median(seconds.alone).toFixed(3)} and ${median(seconds.watched).toFixed(3)} s; ${Math.round(events / rounds)} messages to the page per run`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function writeProject(): void {
  mkdirSync(join(folder, 'stages'), { recursive: true });
  const values = Array.from({ length: INSTANCES }, (_, i) => i);
  writeFileSync(
    join(folder, 'pipeline.yaml'),
    `axes: { n: [${values}] }\nstages: { train: { matrix: [n] } }\n`,
  );
  writeFileSync(
    join(folder, 'stages/train.ts'),
    `import { writeFileSync } from 'node:fs';
export default {
  params: { shape: { n: true }, safeParse: (data: unknown) => ({ success: true, data }) },
  outputs: { out: 'out.txt' },
  async run({ params, outputs, progress }: any) {
    for (let done = 1; done <= ${REPORTS}; done += 1) {
      progress({ done, total: ${REPORTS}, unit: 'step', values: { loss: 1 / done } });
      if (done % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    writeFileSync(outputs.out, String(params.n));
  },
};
`,
  );
  writeFileSync(
    join(folder, 'probe.mjs'),
    `import { writeFileSync } from 'node:fs';
if (process.argv[1]?.endsWith('pipe.mjs')) {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    writeFileSync(${JSON.stringify(join(folder, 'seconds'))}, String((user + system) / 1e6));
  });
}
`,
  );
}

async function secondsOfRun(): Promise<number> {
  const probe = pathToFileURL(join(folder, 'probe.mjs')).href;
  await execa(process.execPath, ['--import', probe, bin, 'run', '--force'], {
    cwd: folder,
    stdio: 'ignore',
  });
  return Number(readFileSync(join(folder, 'seconds'), 'utf8'));
}

/** Starts the live page and follows it as a browser does. */
async function watch(): Promise<{ close(): Promise<number> }> {
  const ui = execa(process.execPath, [bin, 'ui'], { cwd: folder, reject: false });
  const [first] = (await once(ui.stdout, 'data')) as [Buffer];
  const end = new AbortController();
  const response = await fetch(first.toString().trim().replace('/?', '/events?'), {
    signal: end.signal,
  });
  let messages = 0;
  const reading = (async () => {
    for await (const chunk of response.body ?? []) {
      messages += Buffer.from(chunk).toString().split('\ndata: ').length - 1;
    }
  })().catch(() => {});
  return {
    async close() {
      end.abort();
      await reading;
      ui.kill('SIGINT');
      await ui;
      return messages;
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
