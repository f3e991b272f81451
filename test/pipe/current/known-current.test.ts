import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import type { Graph, GraphKey } from '../../../src/pipe/pipeline/graph.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { graphOf, type Node, TestProject } from '../project.ts';

const KEY: GraphKey = { declaration: 'd', origin: 'o', plan: 'p' };
const nodes: readonly Node[] = [
  { id: 'a', params: 1 },
  { id: 'b', needs: ['a'] },
  { id: 'c', needs: ['a', 'b'] },
];
const graph: Graph = { ...graphOf(nodes), key: KEY };

/** What a new process finds. */
function count({ root, disk, boot }: TestProject): number | undefined {
  return new Cache(root, disk, boot).known.count(KEY);
}

test('after a run that ended well, everything is known to be current', async () => {
  const project = new TestProject();
  expect(count(project)).toBeUndefined();
  await project.run(graph);
  expect(count(project)).toBe(3);
});

test('a run that looked and found nothing to do makes it known too', async () => {
  const project = new TestProject();
  await project.run(graph);
  utimesSync(join(project.root, 'artifacts/b/out.txt'), 1, 1);
  expect(count(project)).toBeUndefined();
  await project.run(graph);
  expect(count(project)).toBe(3);
});

test('nothing is known of a graph when only a part of it was looked at, or something failed', async () => {
  const project = new TestProject();
  await project.run(graph, { targets: ['a'] });
  expect(count(project)).toBeUndefined();
  project.behaviours.combine = () => {
    throw new Error('no');
  };
  expect((await project.run(graph)).ok).toBe(false);
  expect(count(project)).toBeUndefined();
});

test('it is not believed after a restart of the machine, whose memory the artifacts may have been in', async () => {
  const project = new TestProject();
  await project.run(graph);
  project.boot = '2';
  expect(count(project)).toBeUndefined();
});

test('a damaged record is not believed', async () => {
  const project = new TestProject();
  await project.run(graph);
  const folder = join(project.root, 'cache/known-current');
  const path = join(folder, readdirSync(folder)[0]);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('"instances":3', '"instances":4'));
  expect(count(project)).toBeUndefined();
  writeFileSync(path, text.slice(0, -1));
  expect(count(project)).toBeUndefined();
});

test('whatever is done to the project, what is said to be current is', async () => {
  const tampering = fc.constantFrom(
    (project: TestProject) => project.write('artifacts/a/out.txt', 'by hand'),
    (project: TestProject) => project.disk.remove(join(project.root, 'artifacts/c')),
    (project: TestProject) => project.disk.remove(join(project.root, 'cache/actions.log')),
    (project: TestProject) => project.disk.remove(join(project.root, 'cache/artifacts.index')),
    (project: TestProject) => project.disk.remove(join(project.root, 'cache/blobs')),
    async (project: TestProject) => {
      await project.run(graphOf([{ id: 'a', params: 2 }, ...nodes.slice(1)]));
    },
    async (project: TestProject) => {
      await project.run(graph, { targets: ['b'], force: true });
    },
    async (project: TestProject) => {
      await project.run(graph);
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(tampering, { maxLength: 4 }), async (steps) => {
      const project = new TestProject('/project', new MemoryDisk('/project'));
      await project.run(graph);
      for (const step of steps) await step(project);
      if (count(project) === undefined) return;
      const { events } = await project.run(graph);
      expect(events).toMatchObject([{ type: 'run-finished', run: '', counts: { current: 3 } }]);
    }),
    { numRuns: 40 },
  );
});
