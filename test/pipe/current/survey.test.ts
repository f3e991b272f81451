import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import { forgetLedgers } from '../../../src/pipe/current/ledger.ts';
import { selectInstances } from '../../../src/pipe/current/selection.ts';
import { survey } from '../../../src/pipe/current/survey.ts';
import { Paths } from '../../../src/pipe/disk/paths.ts';
import type { Plan } from '../../../src/pipe/pipeline/plan.ts';
import { readRun, runIds } from '../../../src/pipe/runs/files.ts';
import { fc } from '../../properties.ts';
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

  /** What a new process finds. */
  async survey(graph: Plan) {
    const cache = new Cache(ROOT, this.disk, this.boot);
    const codeOf = (module: string) => this.code[module] ?? `code of ${module}`;
    const ledgerOf = (declaration: string) => this.ledger(declaration);
    const found = await survey(
      { cache, codeOf, ledgerOf },
      graph,
      selectInstances(graph, []),
      undefined,
    );
    return { cache, found };
  }

  /** Ids of the instances that a new process need not look at. */
  async unaffected(graph: Plan): Promise<readonly string[]> {
    const { unaffected } = (await this.survey(graph)).found;
    const others = [...(unaffected?.others() ?? [])].map(({ instance }) => instance);
    return [...others, ...(unaffected?.current.keys() ?? [])].sort();
  }
}

/** A graph that is declared in one place, whatever is edited there. */
function declared(list: readonly Node[] = nodes): Plan {
  return planned(graphOf(list));
}

async function made(): Promise<Twin> {
  const project = new Twin();
  await project.run(declared());
  return project;
}

test('after an edit, what neither uses it nor reads from what does is known to be current', async () => {
  const project = await made();
  expect(await project.unaffected(declared())).toEqual(['a', 'b', 'c', 'd', 'e']);
  project.edit('first', '1');
  expect(await project.unaffected(declared())).toEqual(['c', 'd']);
  project.edit('other', '1');
  expect(await project.unaffected(declared())).toEqual([]);
});

test('it says what the log of actions says', async () => {
  const project = await made();
  const { cache, found } = await project.survey(declared());
  const others = [...(found.unaffected?.others() ?? [])];
  expect(others.map(({ instance }) => instance)).toEqual(['a', 'b', 'c', 'd', 'e']);
  for (const { instance, stage, key } of others) {
    expect(cache.actions.get(key)?.instance).toBe(instance);
    expect(stage).toBe(instance);
  }
  // It is read by what an edit affects.
  project.edit('last', '1');
  const { current } = (await project.survey(declared())).found.unaffected ?? {};
  expect([...(current?.keys() ?? [])]).toEqual(['b', 'd']);
  for (const [id, { key, outputs }] of current ?? []) {
    expect(cache.actions.get(key)).toMatchObject({ instance: id, outputs });
  }
});

test('nothing is known after another plan, another log, none of signatures, a restart or a verification that found something', async () => {
  const project = await made();
  expect(
    await project.unaffected(declared([{ ...nodes[0], params: 2 }, ...nodes.slice(1)])),
  ).toEqual([]);
  project.boot = '2';
  expect(await project.unaffected(declared())).toEqual([]);
  project.boot = '1';
  expect(await project.unaffected(declared())).toHaveLength(5);
  new Cache(ROOT, project.disk, '1').actions.compact(({ instance }) => instance !== 'd');
  expect(await project.unaffected(declared())).toEqual([]);
  await project.run(declared());
  expect(await project.unaffected(declared())).toHaveLength(5);
  project.disk.remove(`${ROOT}/cache/signatures.log`);
  expect(await project.unaffected(declared())).toEqual([]);
  await project.run(declared());
  expect(await project.unaffected(declared())).toHaveLength(5);
  forgetLedgers(project.disk, new Paths(ROOT));
  expect(await project.unaffected(declared())).toEqual([]);
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
    expect((await project.run(declared())).counts.current).toBe(5);
    const before = project.artifact('c');
    const text = edit(before);
    if (text === undefined) project.disk.remove(`${ROOT}/artifacts/c`);
    else project.disk.write(`${ROOT}/artifacts/c/out.txt`, text);
    expect(project.artifact('c')).not.toBe(before);
    project.edit('first', '1');
    expect(await project.unaffected(declared())).toEqual([]);
    const { ran, events, counts } = await project.run(declared());
    expect(ran).toEqual(['a', 'b', 'e']);
    expect(counts).toMatchObject({ restored: 1, current: 1 });
    expect(project.artifact('c')).toBe(before);
    expect(events.filter(({ type }) => type === 'warning')).toHaveLength(warnings);
    expect(await project.unaffected(declared())).toHaveLength(5);
  }
});

/** What a run told and wrote down, without what differs from run to run: times, and the order by them. */
async function runOf(project: Twin, graph: Plan, force: boolean) {
  const { ok, events } = await project.run(graph, { force, keepGoing: true, jobs: 1 });
  const { disk } = project;
  const runs = `${ROOT}/cache/runs`;
  const last = events.length > 1 ? runIds(disk, runs).at(-1) : undefined;
  const rows = last === undefined ? [] : readRun(disk, runs, last);
  const passing = /^(run|pid|seconds|begin|end|cpuSeconds|peakMemory|worker|estimate)$/;
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
    // A ledger does not look at blobs, and a later run keeps an artifact aside that it could not restore.
    fc.constant(({ disk }: Twin) => {
      disk.remove(`${ROOT}/cache/blobs`);
      forgetLedgers(disk, new Paths(ROOT));
    }),
    fc.constant((project: Twin) => project.disk.remove(`${ROOT}/cache/signatures.log`)),
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
        const graph = declared(nodes.map((node) => (node.id === 'c' ? { ...node, params } : node)));
        for (const each of steps) for (const project of [knowing, unknowing]) each(project);
        unknowing.disk.remove(`${ROOT}/cache/ledgers`);
        known += (await knowing.unaffected(graph)).length;
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
