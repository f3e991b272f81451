import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestText } from '../../../src/pipe/core/digest.ts';
import { Paths } from '../../../src/pipe/disk/paths.ts';
import { fc } from '../../properties.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { graphOf, type Node, planned, TestProject } from '../project.ts';

const nodes: readonly Node[] = [
  { id: 'a', params: 1 },
  { id: 'b', needs: ['a'] },
  { id: 'c', needs: ['a', 'b'] },
];
const graph = planned(graphOf(nodes));

/** What a new process finds. */
function count(project: TestProject): Promise<number | undefined> {
  return project.countCurrent(graph);
}

test('after a run that ended well, everything is known to be current', async () => {
  const project = new TestProject();
  expect(await count(project)).toBeUndefined();
  await project.run(graph);
  expect(await count(project)).toBe(3);
});

test('a run that looked and found nothing to do makes it known too', async () => {
  const project = new TestProject();
  await project.run(graph);
  utimesSync(join(project.root, 'artifacts/b/out.txt'), 1, 1);
  expect(await count(project)).toBeUndefined();
  await project.run(graph);
  expect(await count(project)).toBe(3);
});

test('nothing is known of a graph when only a part of it was looked at, or something failed', async () => {
  const project = new TestProject();
  await project.run(graph, { targets: ['a'] });
  expect(await count(project)).toBeUndefined();
  project.behaviours.combine = () => {
    throw new Error('no');
  };
  expect((await project.run(graph)).ok).toBe(false);
  expect(await count(project)).toBeUndefined();
});

test('it is not believed after a restart of the machine, whose memory the artifacts may have been in', async () => {
  const project = new TestProject();
  await project.run(graph);
  project.boot = '2';
  expect(await count(project)).toBeUndefined();
});

test('a ledger that is damaged or torn anywhere is not believed, and the next run makes it anew', async () => {
  const project = new TestProject('/project', new MemoryDisk('/project'));
  const { disk } = project;
  await project.run(graph);
  const path = new Paths('/project').ledger('here');
  const bytes = Buffer.from(disk.read(path) ?? '');
  for (let at = 0; at < bytes.length; at += 1) {
    disk.write(path, bytes.subarray(0, at));
    expect(await count(project)).toBeUndefined();
    disk.write(
      path,
      bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)),
    );
    expect(await count(project)).toBeUndefined();
  }
  const { events } = await project.run(graph);
  expect(events).toMatchObject([{ type: 'run-finished', counts: { current: 3 } }]);
  expect(await count(project)).toBe(3);
});

test('a ledger of another format is not read', async () => {
  const project = new TestProject('/project', new MemoryDisk('/project'));
  await project.run(graph);
  const path = new Paths('/project').ledger('here');
  const body = String(project.disk.read(path)).split('\n').slice(1).join('\n');
  for (const [text, found] of [
    [body, 3],
    [body.replace('ledger 2', 'ledger 1'), undefined],
    [body.replace('{', '['), undefined],
  ] as const) {
    project.disk.write(path, `${digestText(text)}\n${text}`);
    expect(await count(project)).toBe(found);
  }
});

test('after an edit of any stage, of a group too, not everything is known to be current', async () => {
  const project = new TestProject();
  await project.run(graph);
  project.code.combine = 'other code';
  expect(await count(project)).toBeUndefined();
});

test('whatever is done to the project, what is said to be current is', async () => {
  const tampering = fc.constantFrom(
    (project: TestProject) => project.write('artifacts/a/out.txt', 'by hand'),
    (project: TestProject) => project.disk.remove(join(project.root, 'artifacts/c')),
    (project: TestProject) => project.disk.remove(join(project.root, 'cache/actions.log')),
    (project: TestProject) => project.disk.remove(join(project.root, 'cache/signatures.log')),
    (project: TestProject) => project.disk.remove(join(project.root, 'cache/blobs')),
    async (project: TestProject) => {
      await project.run(planned(graphOf([{ id: 'a', params: 2 }, ...nodes.slice(1)]), 'there'));
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
      if ((await count(project)) === undefined) return;
      const { events } = await project.run(graph);
      expect(events).toMatchObject([{ type: 'run-finished', run: '', counts: { current: 3 } }]);
    }),
    { numRuns: 40 },
  );
});
