import { expect, test } from 'vitest';
import { isAxisText } from '../../../src/pipe/pipeline/names.ts';
import { fc } from '../../properties.ts';
import { writeFiles } from '../loader/project.ts';
import { MachineStopped } from '../memory-disk.ts';
import type { FakeStage } from '../pipeline/directory.ts';
import { type Behaviour, combine, eventsOf } from '../project.ts';
import { SourceProject } from '../source-project.ts';

type Value = string | number;

const stages: Readonly<Record<string, FakeStage>> = {
  split: { file: 'out.jsonl' },
  train: { paramKeys: ['part', 'seed'] },
  test: { inputs: { of: 'one' } },
  collect: { inputs: { all: 'many' } },
  pick: { inputs: { all: 'many' }, file: 'out.jsonl' },
  refine: { paramKeys: ['best'] },
};

const split: Behaviour = (_, params) =>
  (params as { values: Value[] }).values.map((name) => JSON.stringify({ name })).join('\n');

/** Of the models that it reads, the first and the last. */
const pick: Behaviour = (inputs) =>
  [inputs[0], inputs[inputs.length - 1]].map((name) => JSON.stringify({ name })).join('\n');

const behaviours: Readonly<Record<string, Behaviour>> = {
  split,
  train: combine,
  test: combine,
  collect: combine,
  pick,
  refine: combine,
};

/** @param axis of `part`, as YAML */
function pipeline(values: readonly Value[], axis = '{ from: split/out, column: name }', more = '') {
  return `
axes: { seed: [1, 2], part: ${axis} }
stages:
  collect: { matrix: [], inputs: { all: test/out } }
  test: { inputs: { of: train/out } }
  train: { matrix: [part, seed] }
  split: { params: { values: ${JSON.stringify(values)} } }
${more}`;
}

function projectOf(values: readonly Value[], axis?: string, more?: string): SourceProject {
  const code = Object.keys(stages).map((name) => [`stages/${name}.ts`, 'export default {};']);
  return new SourceProject(
    { 'pipeline.yaml': pipeline(values, axis, more), ...Object.fromEntries(code) },
    stages,
  );
}

function edit({ root }: SourceProject, text: string): void {
  writeFiles(root, { 'pipeline.yaml': text });
}

/** Keys and bytes of all that a project has made. */
async function resultsOf(project: SourceProject) {
  const { cache } = await project.read();
  const keys = [...cache.actions.records()].map(({ instance, key }) => [instance, key] as const);
  return {
    keys: Object.fromEntries(keys),
    artifacts: project.disk.files(`${project.root}/artifacts`),
  };
}

/** Paths from the project. */
async function relativeResultsOf(project: SourceProject) {
  const { keys, artifacts } = await resultsOf(project);
  const paths = Object.entries(artifacts).map(([path, text]) => [
    path.slice(project.root.length),
    text,
  ]);
  return { keys, artifacts: Object.fromEntries(paths) };
}

const values: fc.Arbitrary<readonly Value[]> = fc.array(
  fc.oneof(
    fc.constantFrom<Value>('a b', 'a', 'A', 'é', '1', 'x,y', 'a"b', '../up', ' ', 'null', 'true'),
    fc.integer({ min: -3, max: 3 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }).filter(isAxisText),
  ),
  { minLength: 1, maxLength: 5 },
);

test('an axis from a table gives the keys and the bytes of one with the same values written out', async () => {
  await fc.assert(
    fc.asyncProperty(values, async (found) => {
      const mapped = projectOf(found);
      const first = await mapped.run(behaviours);
      expect(first.ok).toBe(true);
      const distinct = [...new Map(found.toReversed().map((value) => [String(value), value]))];
      const written = projectOf(found, JSON.stringify(distinct.map(([, value]) => value)));
      const { counts } = await written.run(behaviours);
      expect(first.counts).toEqual(counts);
      expect(await relativeResultsOf(mapped)).toEqual(await relativeResultsOf(written));
      const warnings = eventsOf(first.events, 'warning');
      expect(warnings.length).toBe(distinct.length < found.length ? 1 : 0);
      const again = await mapped.run(behaviours);
      expect(again.events.map(({ type }) => type)).toEqual(['run-finished']);
    }),
    { numRuns: 25 },
  );
});

test('one run makes the table and all that it leads to, and is one record', async () => {
  const project = projectOf(['b', 'a']);
  const { events, ran, counts } = await project.run(behaviours);
  expect(ran[0]).toBe('split');
  expect(ran.slice(1).sort()).toEqual([
    'collect',
    ...['a', 'b'].flatMap((part) => [`test[part=${part},seed=1]`, `test[part=${part},seed=2]`]),
    ...['a', 'b'].flatMap((part) => [`train[part=${part},seed=1]`, `train[part=${part},seed=2]`]),
  ]);
  expect(counts).toMatchObject({ ran: 10, current: 0 });
  expect(eventsOf(events, 'run-started').length).toBe(1);
  expect(eventsOf(events, 'run-extended')).toEqual([
    {
      type: 'run-extended',
      stages: [
        { stage: 'split', total: 1, current: 1 },
        { stage: 'train', total: 4, current: 0 },
        { stage: 'test', total: 4, current: 0 },
        { stage: 'collect', total: 1, current: 0 },
      ],
    },
  ]);
  const { cache } = await project.read();
  expect(Object.keys(project.disk.files(cache.paths.runs)).length).toBe(1);
});

test('another table runs what is new in it alone, and what is gone from it is removed', async () => {
  const project = projectOf(['a', 'b']);
  await project.run(behaviours);
  edit(project, pipeline(['c', 'b']));
  const { ran, counts, events } = await project.run(behaviours);
  expect(ran.toSorted()).toEqual([
    'collect',
    'split',
    ...['test', 'train'].flatMap((stage) => [`${stage}[part=c,seed=1]`, `${stage}[part=c,seed=2]`]),
  ]);
  expect(counts).toMatchObject({ ran: 6, current: 4 });
  expect(eventsOf(events, 'warning').at(-1)?.message).toMatch(/^removed artifacts\/test\/part=a/);
  const left = Object.keys(project.disk.files(`${project.root}/artifacts`));
  expect(left.filter((path) => path.includes('part=a'))).toEqual([]);

  // The same values in another order: the stage ran, and nothing else has to.
  edit(project, pipeline(['b', 'c', 'b']));
  expect((await project.run(behaviours)).ran).toEqual(['split']);
  edit(project, pipeline(['a', 'b']));
  const back = await project.run(behaviours);
  expect(back.ran).toEqual([]);
  expect(back.counts).toMatchObject({ restored: 6, current: 4 });
});

test('a table without values is no mistake: what would read of it is left out', async () => {
  const project = projectOf([]);
  expect(await project.run(behaviours)).toMatchObject({ ok: true, ran: ['split'] });
  const again = await project.run(behaviours);
  expect(again.events.map(({ type }) => type)).toEqual(['run-finished']);
  expect(await project.run(behaviours, { targets: ['train'] })).toMatchObject({ ok: true });
});

test('a table may be made of what another one led to', async () => {
  const more = `
  pick: { matrix: [], inputs: { all: train/out } }
  refine: { matrix: [best] }
`;
  const project = projectOf(['a', 'b'], undefined, more);
  const chained = (text: string) =>
    text.replace('axes: {', 'axes: { best: { from: pick/out, column: name },');
  edit(project, chained(pipeline(['a', 'b'], undefined, more)));
  const { ok, ran, events } = await project.run(behaviours);
  expect(ok).toBe(true);
  expect(eventsOf(events, 'run-extended').length).toBe(2);
  expect(ran.filter((id) => id.startsWith('refine'))).toEqual([
    String.raw`refine[best="({\"part\":\"a\",\"seed\":1})"]`,
    String.raw`refine[best="({\"part\":\"b\",\"seed\":2})"]`,
  ]);
  edit(project, chained(pipeline([], undefined, more)));
  expect(await project.run(behaviours)).toMatchObject({ ok: true, ran: ['split'] });
});

test('targets take the table with them, and no more', async () => {
  const project = projectOf(['a']);
  const first = await project.run(behaviours, { targets: ['train'] });
  expect(first).toMatchObject({ ok: true, counts: { ran: 3 } });
  expect(first.ran.toSorted()).toEqual(['split', 'train[part=a,seed=1]', 'train[part=a,seed=2]']);
  await expect(project.run(behaviours, { targets: ['train[part=b]'] })).rejects.toThrow(
    `stage 'train' has no instance with part=b`,
  );
  edit(project, pipeline(['b']));
  await expect(project.run(behaviours, { targets: ['train[part=b]'] })).rejects.toThrow(
    'train is not known until split ran',
  );
});

test('a forced run forces each instance once, and follows a table that comes out otherwise', async () => {
  const project = projectOf(['a']);
  let name = 'a';
  const moody = { ...behaviours, split: () => JSON.stringify({ name }) };
  await project.run(moody);
  expect((await project.run(moody, { force: true })).ran.length).toBe(6);
  name = 'b';
  const { ok, ran } = await project.run(moody, { force: true });
  expect(ok).toBe(true);
  expect(ran.filter((id) => id.includes('part=b')).length).toBe(4);
  expect(new Set(ran).size + 1).toBe(ran.length);
  expect(ran.filter((id) => id === 'collect').length).toBe(2);
  const again = await project.run(moody);
  expect(again.events.map(({ type }) => type)).toEqual(['run-finished']);
});

test('where the table cannot be made nothing is known, and the run fails', async () => {
  const project = projectOf(['a']);
  const fails = () => {
    throw new Error('no luck');
  };
  const { ok, counts, events } = await project.run({ ...behaviours, split: fails });
  expect(ok).toBe(false);
  expect(counts).toMatchObject({ failed: 1, ran: 0, skipped: 0 });
  expect(eventsOf(events, 'run-extended')).toEqual([]);
  expect(await project.run(behaviours)).toMatchObject({ ok: true, counts: { ran: 6 } });
});

test('a table of no use ends the run with its place in the pipeline file, until it is mended', async () => {
  const project = projectOf(['']);
  await expect(project.run(behaviours)).rejects.toMatchObject({
    diagnostics: [
      {
        message: `axis 'part': split/out has "" in row 1, which cannot be the value of an axis`,
        range: { file: 'pipeline.yaml', line: 2, column: 37 },
      },
    ],
  });
  const { cache } = await project.read().catch(() => ({ cache: undefined }));
  expect(cache).toBeUndefined();
  edit(project, pipeline(['b']));
  expect(await project.run(behaviours)).toMatchObject({ ok: true, counts: { ran: 6 } });
});

test('killed before any change to the disk, the next run ends with the undisturbed results', async () => {
  const small = `
axes: { part: { from: split/out, column: name } }
stages:
  split: { params: { values: [a] } }
  train: { matrix: [part] }
  collect: { matrix: [], inputs: { all: train/out } }
`;
  const project = projectOf([]);
  edit(project, small);
  await project.run(behaviours);
  const undisturbed = await resultsOf(project);
  const { changes } = project.disk;
  expect(changes).toBeGreaterThan(100);
  const ran = new Set<number>();
  for (let at = 1; at <= changes; at += 1) {
    project.forget();
    const { disk } = project;
    disk.interfere = (change) => (change >= at ? new MachineStopped() : undefined);
    await project.run(behaviours).catch(() => undefined);
    disk.interfere = () => undefined;
    disk.restart();
    // The process of this test lives: its locks are made to name an earlier one with its id.
    for (const [path, text] of Object.entries(disk.files(`${project.root}/cache`))) {
      if (!path.startsWith(`${project.root}/cache/lock`) || text === '') continue;
      disk.write(path, text.replace(/"started":"\d+"/, '"started":"1"'));
    }
    const next = await project.run(behaviours);
    expect(next.ok).toBe(true);
    ran.add(next.ran.length);
    expect(await resultsOf(project)).toEqual(undisturbed);
    const again = await project.run(behaviours);
    expect(again.events.map(({ type }) => type)).toEqual(['run-finished']);
  }
  // It goes on where it was.
  expect([...ran].sort()).toEqual([0, 1, 2, 3]);
}, 60_000);
