import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import { digestText } from '../../../src/pipe/core/digest.ts';
import type { Graph } from '../../../src/pipe/pipeline/graph.ts';
import { lastRunId } from '../../../src/pipe/runs/record.ts';
import { readRun } from '../../../src/pipe/runs/table.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { combine, graphOf, type Node, planned, TestProject } from '../project.ts';

const ROOT = '/project';
const nodes: readonly Node[] = [
  { id: 'a', module: 'first' },
  { id: 'b', module: 'next', needs: ['a'] },
  { id: 'c', module: 'other', params: 1 },
  { id: 'd', module: 'next', needs: ['c'] },
  { id: 'e', module: 'last', needs: ['b', 'd'] },
];

class Twin extends TestProject {
  constructor() {
    super(ROOT, new MemoryDisk(ROOT));
    for (const module of ['first', 'next', 'other', 'last']) this.behaviours[module] = combine;
  }

  /** Makes the module do something else. */
  edit(module: string, version: string): void {
    this.code[module] = version;
    this.behaviours[module] = (inputs, params, job) => `${version}${combine(inputs, params, job)}`;
  }

  /** Ids of the instances that a new process need not look at. */
  untouched(graph: Graph): readonly string[] {
    const codeOf = (module: string) => this.code[module] ?? `code of ${module}`;
    const cache = new Cache(ROOT, this.disk, this.boot);
    const found = cache.untouched(graph, codeOf);
    const current = [...(found?.columns.instances ?? []), ...(found?.current.keys() ?? [])];
    return current.sort();
  }
}

/** A graph by which it is known again, whatever its code. */
function keyed(list: readonly Node[] = nodes): Graph {
  const plan = digestText(JSON.stringify(list));
  return planned({
    ...graphOf(list),
    key: { declaration: 'here', origin: `${Math.random()}`, plan },
  });
}

async function made(): Promise<Twin> {
  const project = new Twin();
  await project.run(keyed());
  return project;
}

test('after an edit, what neither uses it nor reads from what does is known to be current', async () => {
  const project = await made();
  expect(project.untouched(keyed())).toEqual(['a', 'b', 'c', 'd', 'e']);
  project.edit('first', '1');
  expect(project.untouched(keyed())).toEqual(['c', 'd']);
  project.edit('other', '1');
  expect(project.untouched(keyed())).toEqual([]);
});

test('it says what the log of actions says', async () => {
  const project = await made();
  const graph = keyed();
  const cache = new Cache(ROOT, project.disk, project.boot);
  const codeOf = (module: string) => `code of ${module}`;
  const whole = cache.untouched(graph, codeOf);
  expect(whole?.columns.instances).toEqual(['a', 'b', 'c', 'd', 'e']);
  for (const [i, key] of whole?.columns.keys.entries() ?? []) {
    expect(cache.actions.get(key)?.instance).toBe(whole?.columns.instances[i]);
  }
  // It is read by what an edit concerns.
  project.edit('last', '1');
  const near = cache.untouched(graph, (module) => project.code[module] ?? codeOf(module));
  expect([...(near?.current.keys() ?? [])]).toEqual(['b', 'd']);
  for (const [id, { key, outputs }] of near?.current ?? []) {
    expect(cache.actions.get(key)).toMatchObject({ instance: id, outputs });
  }
});

test('nothing is known after another plan, another log, a restart or a verification that found something', async () => {
  const project = await made();
  expect(project.untouched(keyed([{ ...nodes[0], params: 2 }, ...nodes.slice(1)]))).toEqual([]);
  project.boot = '2';
  expect(project.untouched(keyed())).toEqual([]);
  project.boot = '1';
  expect(project.untouched(keyed())).toHaveLength(5);
  new Cache(ROOT, project.disk, '1').actions.compact(({ instance }) => instance !== 'd');
  expect(project.untouched(keyed())).toEqual([]);
  await project.run(keyed());
  expect(project.untouched(keyed())).toHaveLength(5);
  new Cache(ROOT, project.disk, '1').known.forget();
  expect(project.untouched(keyed())).toEqual([]);
});

test('an artifact that is damaged, deleted or edited far from an edit is noticed and put in place', async () => {
  const edits: readonly [(before: string) => string | undefined, number][] = [
    [() => 'by hand', 1],
    // Of the same size.
    [(before) => before.replace('1', '2'), 1],
    [() => undefined, 0],
  ];
  for (const [edit, warnings] of edits) {
    const project = await made();
    expect((await project.run(keyed())).counts.current).toBe(5);
    const before = project.artifact('c');
    const text = edit(before);
    if (text === undefined) project.disk.remove(`${ROOT}/artifacts/c`);
    else project.disk.write(`${ROOT}/artifacts/c/out.txt`, text);
    expect(project.artifact('c')).not.toBe(before);
    project.edit('first', '1');
    expect(project.untouched(keyed())).toEqual([]);
    const { ran, events, counts } = await project.run(keyed());
    expect(ran).toEqual(['a', 'b', 'e']);
    expect(counts).toMatchObject({ restored: 1, current: 1 });
    expect(project.artifact('c')).toBe(before);
    expect(events.filter(({ type }) => type === 'warning')).toHaveLength(warnings);
    expect(project.untouched(keyed())).toHaveLength(5);
  }
});

/** What a run told and wrote down, without what differs from run to run: times, and the order by them. */
async function runOf(project: Twin, graph: Graph, force: boolean) {
  const { ok, events } = await project.run(graph, { force, keepGoing: true, jobs: 1 });
  const { disk } = project;
  const runs = `${ROOT}/cache/runs`;
  const last = events.length > 1 ? lastRunId(disk, runs) : undefined;
  const rows = last === undefined ? [] : readRun(disk, runs, last);
  const passing = /^(run|pid|seconds|begin|cpuSeconds|peakMemory|worker|estimate)$/;
  const lasting = (of: object) =>
    JSON.stringify(of, (name, value) => (passing.test(name) ? undefined : value));
  return { ok, events: events.map(lasting).sort(), rows: rows.map(lasting).sort() };
}

test('whatever is edited and tampered with, a run does and tells what it would without knowing', async () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const step = fc.oneof(
    fc.tuple(fc.constantFrom('first', 'next', 'other', 'last'), fc.constantFrom('1', '2')).map(
      ([module, version]) =>
        (project: Twin) =>
          project.edit(module, version),
    ),
    id.map((at) => (project: Twin) => project.write(`artifacts/${at}/out.txt`, 'by hand')),
    id.map(
      (at) =>
        ({ disk }: Twin) =>
          disk.remove(`${ROOT}/artifacts/${at}`),
    ),
    id.map((at) => (project: Twin) => {
      // The same bytes in another file.
      project.write(`artifacts/${at}/out.txt`, project.artifact(at));
    }),
    fc.tuple(id, id).map(([from, to]) => (project: Twin) => {
      project.write(`artifacts/${to}/out.txt`, project.artifact(from));
    }),
    fc.constant((project: Twin) => project.disk.remove(`${ROOT}/cache/blobs`)),
    fc.constant((project: Twin) => project.disk.remove(`${ROOT}/cache/artifacts.index`)),
    fc.constant((project: Twin) => project.disk.remove(`${ROOT}/cache/actions.log`)),
    fc.constant((project: Twin) => {
      project.boot = `${project.boot}+`;
    }),
  );
  const rounds = fc.array(
    fc.record({
      steps: fc.array(step, { minLength: 1, maxLength: 3 }),
      params: fc.constantFrom(1, 1, 1, 2),
      force: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: 4 },
  );
  let known = 0;
  await fc.assert(
    fc.asyncProperty(rounds, async (list) => {
      const [knowing, unknowing] = [await made(), await made()];
      for (const { steps, params, force } of list) {
        const graph = keyed(nodes.map((node) => (node.id === 'c' ? { ...node, params } : node)));
        for (const each of steps) for (const project of [knowing, unknowing]) each(project);
        unknowing.disk.remove(`${ROOT}/cache/known-current`);
        known += knowing.untouched(graph).length;
        const expected = await runOf(unknowing, graph, force);
        expect(await runOf(knowing, graph, force)).toEqual(expected);
        const artifacts = ({ disk }: Twin) => (disk as MemoryDisk).files(`${ROOT}/artifacts`);
        expect(artifacts(knowing)).toEqual(artifacts(unknowing));
      }
    }),
    { numRuns: 60 },
  );
  expect(known).toBeGreaterThan(0);
});
