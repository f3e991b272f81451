import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Cluster, whyNoCluster } from '../../cluster/cluster.ts';
import { ClusterProject } from './projects.ts';

const why = whyNoCluster();

/** What the last run made: of each instance its key, what became of it and where. */
function lastRun(project: ClusterProject) {
  const { instances } = JSON.parse(project.pipe('history', 'last', '--format', 'json').stdout);
  return instances as readonly {
    instance: string;
    key: string;
    status: string;
    attempts: number;
    node?: string;
    job?: string;
    queued?: number;
  }[];
}

function artifacts(project: ClusterProject): Readonly<Record<string, string>> {
  const folder = join(project.root, 'artifacts');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path.slice(folder.length), readFileSync(path, 'latin1')]),
  );
}

describe.skipIf(why !== '')(`on a real cluster of two nodes${why && `: skipped, ${why}`}`, () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await Cluster.start({ CPUS: '16', MEMORY: '16000', OVER_MEMORY: '1' });
  });
  afterAll(() => cluster.stop());

  function project(count: string, n?: string, site?: string): ClusterProject {
    const one = new ClusterProject(cluster, count, n, site);
    onTestFinished(() => one.remove());
    return one;
  }

  test.concurrent('a run on the cluster makes the same bytes under the same keys as one here', async () => {
    const count = 'params: { steps: 3 }';
    const [here, there] = [project(count), project(count)];
    const [local, remote] = [here.begin('run'), there.onCluster()];
    expect((await local.ended).status).toBe(0);
    const { status, stdout } = await remote.ended;
    expect(stdout).toMatch(/count\[n=1\] started on n[12] \(it has no result yet\)/);
    expect(status).toBe(0);
    expect(artifacts(there)).toEqual(artifacts(here));
    expect(artifacts(there)['/total/out.txt']).toBe('counted 1 3,counted 2 3,counted 3 3');
    const keys = (of: ClusterProject) =>
      lastRun(of)
        .map(({ instance, key }) => `${instance} ${key}`)
        .sort();
    expect(keys(there)).toEqual(keys(here));
    expect(there.pipe('log', 'count[n=2]').stdout).toBe('from 0\n');
    // Nothing is left of the jobs, and nothing has to be done here.
    expect(existsSync(join(there.root, 'cache/slurm'))).toBe(false);
    expect(there.pipe('run').stdout).toContain('nothing to do: 4 instances current');
  });
});
