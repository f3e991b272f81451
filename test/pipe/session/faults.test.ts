import {
  appendFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventsOf, graphOf, type Node, TestProject } from '../project.ts';

const diamond: readonly Node[] = [
  { id: 'top', params: { x: 1 } },
  { id: 'left', needs: ['top'], params: { side: 'l' } },
  { id: 'right', needs: ['top'], params: { side: 'r' } },
  { id: 'bottom', needs: ['left', 'right'] },
];
const graph = graphOf(diamond);
const result = '({}({"side":"l"}({"x":1})),({"side":"r"}({"x":1})))';

/** Path of the only blob with this content. */
function blobOf(project: TestProject, content: string): string {
  const folder = join(project.root, 'cache/blobs');
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => path.length > folder.length + 60)
    .find((path) => readFileSync(path, 'utf8') === content);
  if (found === undefined) throw new Error(`no blob holds ${content}`);
  return found;
}

test('a torn or damaged line of the log costs that action alone', async () => {
  const project = new TestProject();
  await project.run(graph);
  const log = join(project.root, 'cache/actions.log');
  writeFileSync(log, readFileSync(log, 'utf8').replace('top', 'tOp'));
  appendFileSync(log, '0badc0de 1234');
  expect((await project.run(graph)).ran).toEqual(['top']);
  expect((await project.run(graph)).counts.current).toBe(4);
});

test('a corrupted blob is not restored: the instance runs again', async () => {
  const project = new TestProject();
  await project.run(graph);
  const blob = blobOf(project, '({"x":1})');
  chmodSync(blob, 0o644);
  writeFileSync(blob, '({"x":7})');
  project.write('artifacts/top/out.txt', 'altered');
  const { ran, events } = await project.run(graph);
  expect(ran).toEqual(['top']);
  expect(project.artifact('top')).toBe('({"x":1})');
  expect(eventsOf(events, 'warning').map(({ message }) => message)).toContain(
    "the artifact 'out' is damaged in the cache: made again",
  );
});

test('a truncated blob and a lost one are made again', async () => {
  const project = new TestProject();
  await project.run(graph);
  const blob = blobOf(project, '({"x":1})');
  chmodSync(blob, 0o644);
  truncateSync(blob, 3);
  project.write('artifacts/top/out.txt', 'altered');
  project.write('artifacts/bottom/out.txt', 'altered');
  expect((await project.run(graph)).ran).toEqual(['top']);
  expect(project.artifact('bottom')).toBe(result);
});

test('a cache that cannot be written is one clear error', async () => {
  const project = new TestProject();
  project.write('cache', 'a file in the place of the folder');
  await expect(project.run(graph)).rejects.toThrow(/cannot lock the project .*there is a file/);
});

test('a failed instance leaves no artifact, and what does not need it goes on with --keep-going', async () => {
  const project = new TestProject();
  project.behaviours.broken = () => {
    throw new Error('no');
  };
  const nodes = diamond.map((node) => (node.id === 'left' ? { ...node, module: 'broken' } : node));
  const { events, counts, ok } = await project.run(graphOf(nodes), { keepGoing: true });
  expect(ok).toBe(false);
  expect(counts).toMatchObject({ ran: 2, failed: 1, skipped: 1 });
  expect(eventsOf(events, 'skipped')).toMatchObject([{ instance: 'bottom', because: 'left' }]);
  expect(existsSync(join(project.root, 'artifacts/left'))).toBe(false);
});

test('without --keep-going a failure starts nothing more', async () => {
  const project = new TestProject();
  project.behaviours.broken = () => {
    throw new Error('no');
  };
  const nodes: readonly Node[] = [
    { id: 'a', module: 'broken' },
    { id: 'b', params: 1 },
  ];
  const { counts } = await project.run(graphOf(nodes), { jobs: 1 });
  expect(counts).toMatchObject({ failed: 1, cancelled: 1, ran: 0 });
});

test('a failed instance is tried as often as it may be', async () => {
  const project = new TestProject();
  let left = 2;
  project.behaviours.flaky = () => {
    left -= 1;
    if (left >= 0) throw new Error('not yet');
    return 'done';
  };
  const { events, ok } = await project.run(graphOf([{ id: 'a', module: 'flaky', retries: 2 }]));
  expect(ok).toBe(true);
  expect(eventsOf(events, 'failed').map(({ retry }) => retry)).toEqual([true, true]);
  expect(eventsOf(events, 'started').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
});

test('an input altered while it is read fails the instance that reads it', async () => {
  const project = new TestProject();
  project.behaviours.careless = () => {
    project.write('artifacts/top/out.txt', 'altered');
    return 'built on sand';
  };
  const nodes: readonly Node[] = [diamond[0], { ...diamond[1], module: 'careless' }];
  const { events } = await project.run(graphOf(nodes));
  expect(eventsOf(events, 'failed')).toMatchObject([{ failure: { kind: 'input-changed' } }]);
});

test('--only never runs what the stage needs, and says which command does', async () => {
  const project = new TestProject();
  await expect(project.run(graph, { only: 'left' })).rejects.toMatchObject({
    message: 'inputs are missing or outdated: top must run first',
    hint: 'npx pipe run top',
  });
  await project.run(graph, { targets: ['top'] });
  expect((await project.run(graph, { only: 'left' })).ran).toEqual(['left']);
});

test('cancelled, a run ends at once and the next one goes on', async () => {
  const project = new TestProject();
  const controller = new AbortController();
  project.behaviours.cancelling = () => {
    controller.abort();
    return 'done before it noticed';
  };
  const nodes = diamond.map((node) =>
    node.id === 'top' ? { ...node, module: 'cancelling' } : node,
  );
  const first = await project.run(graphOf(nodes), { signal: controller.signal });
  expect(first.counts).toMatchObject({ ran: 1, cancelled: 3 });
  expect((await project.run(graphOf(nodes))).ran).toHaveLength(3);
});
