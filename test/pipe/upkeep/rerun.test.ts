import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import { assessAll } from '../../../src/pipe/current/assess.ts';
import { firstDifference } from '../../../src/pipe/disk/first-difference.ts';
import type { RepeatResult } from '../../../src/pipe/session/attempt.ts';
import { rerunInstances } from '../../../src/pipe/upkeep/rerun.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { FakeExecutor, graphOf, type Node, TestProject } from '../project.ts';

const ROOT = '/project';
const nodes: readonly Node[] = [
  { id: 'top', params: { x: 1 } },
  { id: 'stage', needs: ['top'], module: 'stage' },
  { id: 'bottom', needs: ['stage'] },
];

/** A finished project whose middle stage does as told; runs it again. */
async function rerun(
  behaviour: (count: number, checkpoint: string) => string,
  targets = ['stage'],
) {
  const disk = new MemoryDisk(ROOT);
  const project = new TestProject(ROOT, disk);
  let count = 0;
  project.behaviours.stage = (_, __, job) => {
    count += 1;
    const [state] = disk.list(job.checkpoint);
    disk.makeFolder(job.checkpoint);
    disk.write(`${job.checkpoint}/state`, 'half done');
    return behaviour(count, state ?? 'nothing');
  };
  const graph = graphOf(nodes);
  await project.run(graph);
  const before = disk.files(ROOT);
  const told = new Map<string, RepeatResult>();
  const cache = new Cache(ROOT, disk, '1');
  const codeOf = (module: string) => `code of ${module}`;
  const undone = await rerunInstances({
    cache,
    executor: new FakeExecutor(project.behaviours, disk),
    instances: graph.instances,
    assessments: await assessAll(cache, graph.instances, codeOf),
    chosen: graph.instances.filter(({ id }) => targets.includes(id)),
    capacity: { cpus: 2, memory: 1, gpus: 0 },
    signal: new AbortController().signal,
    tell: ({ id }, result) => told.set(id, result),
  });
  return { told, undone, before, after: disk.files(ROOT), count };
}

test('a stage that makes the same bytes again is deterministic', async () => {
  const { told, count } = await rerun(() => 'always this', ['top', 'stage', 'bottom']);
  expect(count).toBe(2);
  expect([...told.keys()].sort()).toEqual(['bottom', 'stage', 'top']);
  for (const result of told.values()) expect(result).toMatchObject({ ok: true, differences: [] });
});

test('one that does not is shown: which output, from which byte on', async () => {
  const { told } = await rerun((count) => (count === 1 ? 'loss 0.123' : 'loss 0.1251'));
  expect(told.get('stage')).toMatchObject({
    ok: true,
    differences: [
      {
        before: { name: 'out', size: 10 },
        after: { name: 'out', size: 11 },
        at: 'loss 0.12'.length,
      },
    ],
  });
});

test('it starts from nothing and changes nothing, whatever comes of it', async () => {
  const states: string[] = [];
  const { before, after } = await rerun((count, state) => {
    states.push(state);
    return String(count);
  });
  expect(states).toEqual(['nothing', 'nothing']);
  expect(after).toEqual(before);
  const failing = await rerun((count) => {
    if (count > 1) throw new Error('no');
    return 'fine';
  });
  expect(failing.told.get('stage')).toMatchObject({ ok: false, failure: { message: 'no' } });
  expect(failing.after).toEqual(failing.before);
});

test('it reads what the instance was made from, whichever version of that is in place', async () => {
  const disk = new MemoryDisk(ROOT);
  const project = new TestProject(ROOT, disk);
  const version = (x: number) =>
    graphOf([
      { id: 'top', params: { x } },
      { id: 'bottom', needs: ['top'] },
    ]);
  for (const x of [1, 2]) await project.run(version(x));
  const { instances } = version(1);
  const cache = new Cache(ROOT, disk, '1');
  const results: RepeatResult[] = [];
  await rerunInstances({
    cache,
    executor: new FakeExecutor(project.behaviours, disk),
    instances,
    assessments: await assessAll(cache, instances, (module) => `code of ${module}`),
    chosen: instances.filter(({ id }) => id === 'bottom'),
    capacity: { cpus: 1, memory: 1, gpus: 0 },
    signal: new AbortController().signal,
    tell: (_, result) => results.push(result),
  });
  expect(results).toMatchObject([{ ok: true, differences: [] }]);
});

test('the first difference of two files is where it is, however they are read', async () => {
  const chunks = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 4 }), {
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(chunks, chunks, async (left, right) => {
      const disk = new MemoryDisk(ROOT);
      disk.write(`${ROOT}/a`, left.join(''));
      disk.write(`${ROOT}/b`, right.join(''));
      const [a, b] = [left.join(''), right.join('')];
      let expected: number | undefined = 0;
      while (expected < Math.max(a.length, b.length) && a[expected] === b[expected]) expected += 1;
      if (a === b) expected = undefined;
      disk.chunk = (left.length % 3) + 1;
      expect(await firstDifference(disk, `${ROOT}/a`, `${ROOT}/b`)).toBe(expected);
    }),
  );
});
