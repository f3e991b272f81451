import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import { assessAll } from '../../../src/pipe/current/assess.ts';
import type { RepeatResult } from '../../../src/pipe/session/attempt.ts';
import { rerunInstances } from '../../../src/pipe/upkeep/verify.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { FakeExecutor, graphOf, type Node, TestProject } from '../project.ts';

const ROOT = '/project';
const nodes: readonly Node[] = [
  { id: 'top', params: { x: 1 } },
  { id: 'stage', needs: ['top'], module: 'stage' },
  { id: 'bottom', needs: ['stage'] },
];

/** Finishes a project whose middle stage behaves as given, then reruns the targets. */
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
  const results = new Map<string, RepeatResult>();
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
    onResult: ({ id }, result) => results.set(id, result),
  });
  return { results, undone, before, after: disk.files(ROOT), count };
}

test('a stage that produces the same bytes again is deterministic', async () => {
  const { results, count } = await rerun(() => 'always this', ['top', 'stage', 'bottom']);
  expect(count).toBe(2);
  expect([...results.keys()].sort()).toEqual(['bottom', 'stage', 'top']);
  for (const result of results.values())
    expect(result).toMatchObject({ ok: true, differences: [] });
});

test('a stage that does not is reported with the output and the first different byte', async () => {
  const { results } = await rerun((count) => (count === 1 ? 'loss 0.123' : 'loss 0.1251'));
  expect(results.get('stage')).toMatchObject({
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

test('a rerun starts without a checkpoint and changes no file, even if it fails', async () => {
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
  expect(failing.results.get('stage')).toMatchObject({ ok: false, failure: { message: 'no' } });
  expect(failing.after).toEqual(failing.before);
});

test('a rerun reads the inputs of the result, even if artifacts/ has newer ones', async () => {
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
    onResult: (_, result) => results.push(result),
  });
  expect(results).toMatchObject([{ ok: true, differences: [] }]);
});
