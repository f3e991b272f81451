import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Cluster, whyNoCluster } from '../../cluster/cluster.ts';
import { stage } from '../cli/pipe.ts';
import { FileServer } from '../remote/server.ts';
import { beginnings, ClusterProject, type Running } from './projects.ts';

const why = whyNoCluster();
const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));
vi.setConfig({ maxConcurrency: 20, testTimeout: 120_000 });

/** What is needed of a test: its server ends with it. */
interface Context {
  readonly onTestFinished: (end: () => void) => void;
}

describe.skipIf(why !== '')(
  `where nodes see nothing of the project${why && `: skipped, ${why}`}`,
  () => {
    const hidden = realpathSync(mkdtempSync(join(tmpdir(), 'shatter-hidden-')));
    /** What nodes do see. */
    const seen = realpathSync(mkdtempSync(join(tmpdir(), 'shatter-seen-')));
    let cluster: Cluster;

    beforeAll(async () => {
      const folders = `${hidden}:${realpathSync(CHECKOUT)}`;
      cluster = await Cluster.start({ NODES: '2', CPUS: '8', HIDDEN: folders });
    });
    afterAll(async () => {
      await cluster.stop();
      for (const folder of [hidden, seen]) rmSync(folder, { recursive: true });
    });

    function project(
      name: string,
      remote: string,
      { count = 'params: { steps: 2 }', n = '[1]', token = '' } = {},
    ): ClusterProject {
      const root = join(hidden, name);
      mkdirSync(root);
      const env = { PIPE_REMOTE: remote, PIPE_REMOTE_TOKEN: token };
      return new ClusterProject(cluster, count, n, 'shared: false\n', root, env);
    }

    /** One whose stage waits near its end until its gate is opened. */
    function gated(name: string, remote: string) {
      const gate = join(seen, name);
      const params = `params: { steps: 10, gate: ${gate} }, retries: 1, backoff: 1ms`;
      const one = project(name, remote, { count: params });
      return { one, open: () => writeFileSync(gate, '') };
    }

    async function expectDone(run: Running): Promise<string> {
      const { status, stdout, stderr } = await run.ended;
      expect(`${status} ${stderr}`, stdout).toBe('0 ');
      return stdout;
    }

    function made({ root }: ClusterProject): string {
      return readFileSync(join(root, 'artifacts/total/out.txt'), 'utf8');
    }

    function logOf({ root }: ClusterProject): string {
      return readFileSync(join(root, 'cache/logs/count[n=1].log'), 'utf8').trim();
    }

    test.concurrent('a run makes the bytes that one here makes, and another machine gets them', async (context: Context) => {
      const server = await FileServer.start(context.onTestFinished);
      const settings = { n: '[1, 2, 3]', token: 'secret' };
      const one = project('bytes', server.url, settings);
      await expectDone(one.onCluster('--remote'));
      expect(made(one)).toBe('counted 1 2,counted 2 2,counted 3 2');
      // Nodes send the credentials too, and leave nothing.
      expect(server.authorizations).toEqual(new Set(['Bearer secret']));
      expect(existsSync(join(one.root, 'cache/slurm'))).toBe(false);
      const other = project('other', server.url, settings);
      expect(await expectDone(other.begin('run', '--remote'))).toContain(
        '4 restored from the cache',
      );
      expect(made(other)).toBe(made(one));
      const puts = () => server.requests.filter((line) => line.startsWith('PUT /cas/')).length;
      const before = puts();
      // The code is there already: all that is new are four results, of the same bytes.
      await expectDone(one.onCluster('--remote', '--force', 'count[n=1]'));
      expect(puts()).toBe(before);
    });

    test.concurrent('commands, their code, raw data, folders, checkpoints and packages are there on the node', async () => {
      const remote = join(seen, 'remote');
      mkdirSync(remote);
      const one = project('commands', `file://${remote}`);
      one.write(
        'pipeline.yaml',
        `stages:
  fit:
    command: [node, scripts/fit.mjs, '{inputs.data}', '{inputs.more}', '{outputs.model}']
    code: [scripts/fit.mjs, scripts/lib.mjs]
    inputs: { data: { files: data/a.csv }, more: { files: data/more/ } }
    outputs: { model: model/ }
  total: { inputs: { from: fit/model } }
`,
      );
      one.write(
        'scripts/fit.mjs',
        `import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { NAME } from './lib.mjs';
const [, , data, more, model] = process.argv;
mkdirSync(model + '/empty', { recursive: true });
writeFileSync(model + '/all.txt', [NAME, readFileSync(data, 'utf8'), readdirSync(more).sort()].join());`,
      );
      one.write('scripts/lib.mjs', `export const NAME = 'lib';`);
      one.write('data/a.csv', '1 2');
      one.write('data/more/x.txt', 'x');
      one.write('data/more/y.txt', 'y');
      one.write(
        'stages/total.ts',
        `import { readdirSync } from 'node:fs';\nimport { basename, dirname } from 'node:path';\nimport { shout } from 'shouting';\n${stage(
          `const [from] = [inputs.from].flat();
           const names = readdirSync(from.path).sort();
           // As stages find the project's root.
           let root = process.cwd();
           while (!existsSync(join(root, 'pipeline.yaml')) && root !== '/') root = dirname(root);
           writeFileSync(outputs.out, shout(readFileSync(join(from.path, 'all.txt'), 'utf8')) + ' ' + names + ' ' + basename(root));`,
          { inputs: `{ from: 'one' }` },
        )}`,
      );
      const lock = {
        lockfileVersion: 3,
        packages: {
          '': {},
          'node_modules/shouting': { version: '1.0.0', dependencies: { louder: '1.0.0' } },
          'node_modules/louder': { version: '1.0.0' },
        },
      };
      one.write('package.json', '{ "type": "module", "dependencies": { "shouting": "1.0.0" } }');
      one.write('package-lock.json', JSON.stringify(lock));
      const manifest = (name: string, more: object) =>
        one.write(
          `node_modules/${name}/package.json`,
          JSON.stringify({
            name,
            version: '1.0.0',
            type: 'module',
            exports: './index.js',
            ...more,
          }),
        );
      manifest('shouting', { dependencies: { louder: '1.0.0' } });
      one.write('node_modules/shouting/index.js', `export { shout } from 'louder';`);
      manifest('louder', {});
      one.write(
        'node_modules/louder/index.js',
        // Maps of sources stay behind.
        `import { existsSync } from 'node:fs';
         const hasMap = existsSync(new URL('index.js.map', import.meta.url));
         export const shout = (text) => text.toUpperCase() + (hasMap ? ' map' : '');`,
      );
      one.write('node_modules/louder/index.js.map', '{}');
      await expectDone(one.onCluster('--remote'));
      expect(made(one)).toBe('LIB,1 2,X.TXT,Y.TXT all.txt,empty commands');
    });

    test.concurrent('what a killed coordinator has begun is taken over from the remote cache', async (context: Context) => {
      const server = await FileServer.start(context.onTestFinished);
      const { one, open } = gated('killed', server.url);
      const run = one.onCluster('--remote');
      await run.said(/count\[n=1\] started on/);
      run.kill('SIGKILL');
      await run.ended;
      open();
      await delay(3000);
      expect(await expectDone(one.onCluster('--remote'))).not.toMatch(/failed|interrupted/);
      expect(made(one)).toBe('counted 1 10');
      expect(beginnings(join(seen, 'killed'))).toEqual(['1 from 0']);
    });

    test.concurrent('a job that is cancelled by hand leaves its checkpoint to the next node', async (context: Context) => {
      const server = await FileServer.start(context.onTestFinished);
      const { one, open } = gated('cancelled', server.url);
      const run = one.onCluster('--remote');
      await run.said(/count\[n=1\] started on/);
      await run.said(/progress|count/);
      await delay(2000);
      const name = readFileSync(join(one.root, 'cache/slurm/name'), 'utf8');
      await cluster.slurm('scancel', '--name', name);
      open();
      expect(await expectDone(run)).toContain('its job was stopped: it was cancelled');
      expect(logOf(one)).toMatch(/^from 0[\s\S]*from [1-9]/);
      expect(made(one)).toBe('counted 1 10');
    });

    test.concurrent('a remote cache that is away for a while stops nothing', async (context: Context) => {
      const server = await FileServer.start(context.onTestFinished);
      const { one, open } = gated('away', server.url);
      const run = one.onCluster('--remote');
      await run.said(/count\[n=1\] started on/);
      server.mischief = (_, response) => {
        response.writeHead(503).end();
        return true;
      };
      await run.said(/warning: the remote cache answered .* with 503/);
      server.mischief = () => false;
      open();
      expect((await run.ended).status).toBe(0);
      expect(made(one)).toBe('counted 1 10');
      expect(beginnings(join(seen, 'away'))).toEqual(['1 from 0']);
    });

    test.concurrent('results for which a remote cache has no room are a failure that says so', async (context: Context) => {
      const server = await FileServer.start(context.onTestFinished);
      const { one, open } = gated('full', server.url);
      const run = one.onCluster('--remote');
      await run.said(/count\[n=1\] started on/);
      server.mischief = ({ method, url = '' }, response) => {
        if (method !== 'PUT' || !url.startsWith('/cas/')) return false;
        response.writeHead(507).end();
        return true;
      };
      open();
      const { status, stdout, stderr } = await run.ended;
      expect(status).toBe(1);
      expect(`${stdout}${stderr}`).toMatch(/with 507: its disk is full/);
    });

    test.concurrent('without a remote cache nothing is submitted', async () => {
      const one = project('none', '');
      for (const [args, message] of [
        [[], 'name a remote cache that they reach: --remote URL'],
        [['--remote'], 'no remote cache is configured'],
      ] as const) {
        const { status, stderr } = await one.onCluster(...args).ended;
        expect(status).toBe(2);
        expect(stderr).toContain(message);
      }
      expect(existsSync(join(one.root, 'cache/slurm'))).toBe(false);
    });

    test.concurrent('pipe doctor starts an agent, and says what to do about a node that cannot answer', async (context: Context) => {
      const server = await FileServer.start(context.onTestFinished);
      const sound = project('sound', server.url);
      // A folder that is here alone.
      const wrong = project('wrong', `file://${hidden}`);
      const ask = (one: ClusterProject) =>
        one.begin('doctor', '--on', 'slurm', '--site', 'site.yaml').ended;
      const [good, bad] = await Promise.all([ask(sound), ask(wrong)]);
      expect(good.stdout).toMatch(/^remote +a job on n\d answered after/m);
      expect(good.stdout).toContain(`${process.version} on n`);
      expect(good.status).toBe(0);
      expect(bad.stdout).toMatch(
        /^problem +a job ended as FAILED .* see \/tmp\/pipe-\w+-0\.log on n\d$/m,
      );
      expect(bad.stdout).toContain('fix: let nodes reach file:///');
      expect(bad.status).toBe(1);
    });
  },
);
