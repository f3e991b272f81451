import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cluster, whyNoCluster } from '../../cluster/cluster.ts';
import { lastRun, Running } from './projects.ts';

const why = whyNoCluster();
const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));
/** Of the study on 9 cards: one game, two models. */
const MODELS = [2, 3].map((dim) => `evaluate[deck=9,game=set,dim=${dim},seed=1]`);
const SMALL = ['--profile', 'ci', '--set', 'train.steps=20'];

/** SHA-256 of every file that stages made, by path. */
function artifacts(root: string): Readonly<Record<string, string>> {
  const folder = join(root, 'artifacts');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => {
        const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
        return [path.slice(folder.length), digest];
      }),
  );
}

describe.skipIf(why !== '')(`the study on a real cluster${why && `: skipped, ${why}`}`, () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'shatter-study-')));
  let cluster: Cluster;

  beforeAll(async () => {
    for (const name of ['src', 'stages', 'pipeline.yaml', 'package.json', 'package-lock.json']) {
      cpSync(join(CHECKOUT, name), join(root, name), { recursive: true });
    }
    symlinkSync(realpathSync(join(CHECKOUT, 'node_modules')), join(root, 'node_modules'));
    cluster = await Cluster.start({ NODES: '2', CPUS: '8', MEMORY: '16000' });
  });
  afterAll(async () => {
    await cluster.stop();
    rmSync(root, { recursive: true });
  });

  async function run(...args: readonly string[]): Promise<void> {
    const env = { ...cluster.env, PIPE_CACHE_DIR: '' };
    const { status, stdout, stderr } = await new Running(root, env, ['run', ...args]).ended;
    expect(`${status} ${stderr}`, stdout).toBe('0 ');
  }

  /** All but the code, which need not be read again. */
  function forget(): void {
    for (const name of readdirSync(join(root, 'cache'))) {
      if (!['code', 'contracts'].includes(name))
        rmSync(join(root, 'cache', name), { recursive: true });
    }
    rmSync(join(root, 'artifacts'), { recursive: true });
  }

  async function runOn(node: string, target: string): Promise<readonly (string | undefined)[]> {
    const site = join(root, 'site.yaml');
    writeFileSync(site, `poll: 1s\nmemory: 2GB\nextra: ['--nodelist=${node}']\n`);
    await run(target, ...SMALL, '--on', 'slurm', '--site', site);
    return lastRun(root).flatMap(({ attempts, host }) => (attempts > 0 ? [host?.node] : []));
  }

  test('two nodes make the artifacts that this machine makes, byte for byte', async () => {
    await run(...MODELS, ...SMALL, '--jobs', '2');
    const here = artifacts(root);
    // A deck, its queries in three files, weights and what they are worth of two models.
    expect(Object.keys(here).length).toBeGreaterThanOrEqual(8);
    forget();
    expect(await runOn('n1', MODELS[0])).toEqual(Array(4).fill('n1'));
    // Deck and queries were made on the other.
    expect(await runOn('n2', MODELS[1])).toEqual(Array(2).fill('n2'));
    expect(artifacts(root)).toEqual(here);
  }, 600_000);
});
