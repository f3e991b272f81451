import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execaSync } from 'execa';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Cluster, whyNoCluster } from '../../cluster/cluster.ts';
import { runProcess } from '../../processes.ts';
import { ClusterProject } from './projects.ts';

const why =
  runProcess('which', ['bindfs']).status === 0 ? whyNoCluster() : 'bindfs is not installed';
vi.setConfig({ testTimeout: 400_000 });

/** Bytes. */
const ROOM = 64 * 2 ** 20;

describe.skipIf(why !== '')(
  `where nodes see what was there 20 s ago${why && `: skipped, ${why}`}`,
  () => {
    const shared = realpathSync(mkdtempSync(join(tmpdir(), 'shatter-shared-')));
    let cluster: Cluster;

    beforeAll(async () => {
      execaSync('mount', ['-t', 'tmpfs', '-o', `size=${ROOM}`, 'tmpfs', shared]);
      cluster = await Cluster.start({ NODES: '2', CPUS: '8', SHARED: shared, STALE: '20' });
    });
    afterAll(async () => {
      await cluster.stop();
      execaSync('umount', [shared]);
      rmSync(shared, { recursive: true });
    });

    function project(name: string, steps: number, n: string): ClusterProject {
      const root = join(shared, name);
      mkdirSync(root);
      const count = `params: { steps: ${steps} }, retries: 3, backoff: 1ms`;
      return new ClusterProject(cluster, count, n, '', root);
    }

    function total({ root }: ClusterProject): string {
      return readFileSync(join(root, 'artifacts/total/out.txt'), 'utf8');
    }

    test('what is made anew under an old name is read as it is now', async () => {
      const one = project('anew', 2, '[1, 2]');
      expect((await one.onCluster().ended).status).toBe(0);
      expect(total(one)).toBe('counted 1 2,counted 2 2');
      const again = await one.onCluster('--set', 'count.steps=11').ended;
      expect(`${again.status} ${again.stderr}`, again.stdout).toBe('0 ');
      expect(total(one)).toBe('counted 1 11,counted 2 11');
    });

    test('a folder that is full for a while loses nothing', async () => {
      const one = project('full', 20, '[1]');
      const run = one.onCluster();
      await run.said(/count\[n=1\] started on/);
      const filler = join(shared, 'filler');
      for (let left = ROOM; left >= 1; left /= 2) {
        try {
          writeFileSync(filler, Buffer.alloc(left), { flag: 'a' });
        } catch {
          // As much as fits.
        }
      }
      // Nothing can say that anything has happened.
      await delay(4000);
      rmSync(filler);
      const { status, stdout, stderr } = await run.ended;
      expect(`${status} ${stderr}`, stdout).toBe('0 ');
      expect(total(one)).toBe('counted 1 20');
    });
  },
);
