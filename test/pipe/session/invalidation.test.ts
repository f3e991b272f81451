import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Json } from '../../../src/pipe/core/json.ts';
import { fc } from '../../properties.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { eventsOf, graphOf, type Node, planned, pretendNode, TestProject } from '../project.ts';

const chain: readonly Node[] = [
  { id: 'a', params: { x: 1 } },
  { id: 'b', needs: ['a'], params: { y: 1 } },
  { id: 'c', needs: ['b'] },
];

test('a second run does nothing', async () => {
  const project = new TestProject();
  expect((await project.run(graphOf(chain))).ran).toEqual(['a', 'b', 'c']);
  const second = await project.run(graphOf(chain));
  expect(second.counts).toMatchObject({ current: 3, ran: 0 });
  expect(second.events.map(({ type }) => type)).toEqual(['run-finished']);
});

test('a changed param reruns the instance and what depends on it', async () => {
  const project = new TestProject();
  await project.run(graphOf(chain));
  const edited = [chain[0], { ...chain[1], params: { y: 2 } }, chain[2]];
  const { ran, events } = await project.run(graphOf(edited));
  expect(ran).toEqual(['b', 'c']);
  expect(events).toContainEqual(expect.objectContaining({ reason: 'params.y 1 -> 2' }));
});

test('an instance that comes out as before does not rerun what depends on it', async () => {
  const project = new TestProject();
  await project.run(graphOf(chain));
  project.behaviours.reformatted = (inputs) => `({"y":1}${inputs.join()})`;
  const edited = [chain[0], { ...chain[1], module: 'reformatted' }, chain[2]];
  const { ran, counts } = await project.run(graphOf(edited));
  expect(ran).toEqual(['b']);
  expect(counts).toMatchObject({ ran: 1, current: 2 });
});

test('a param that is put back is taken from the cache', async () => {
  const project = new TestProject();
  await project.run(graphOf(chain));
  await project.run(graphOf([{ id: 'a', params: { x: 2 } }, ...chain.slice(1)]));
  const { ran, counts } = await project.run(graphOf(chain));
  expect(ran).toEqual([]);
  expect(counts.restored).toBe(3);
  expect(project.artifact('c')).toBe('({}({"y":1}({"x":1})))');
});

test('edited code reruns what uses it, and names the file', async () => {
  const project = new TestProject();
  await project.run(graphOf(chain));
  project.code.combine = 'other';
  const { ran, events } = await project.run(graphOf(chain));
  // The results are the same: only the first link of the chain is new for each.
  expect(ran).toEqual(['a', 'b', 'c']);
  expect(events).toContainEqual(
    expect.objectContaining({ instance: 'a', reason: 'stages/combine.ts edited' }),
  );
});

test('an artifact altered by hand is restored, and nothing reruns', async () => {
  const project = new TestProject();
  await project.run(graphOf(chain));
  const before = project.artifact('b');
  project.write('artifacts/b/out.txt', 'altered');
  const { ran, events } = await project.run(graphOf(chain));
  expect(ran).toEqual([]);
  expect(project.artifact('b')).toBe(before);
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'warning',
      message: 'artifacts/b/out.txt was altered outside the pipeline: restored from the cache',
    }),
  );
});

test('touched files rerun nothing', async () => {
  const project = new TestProject();
  await project.run(graphOf(chain));
  utimesSync(join(project.root, 'artifacts/a/out.txt'), 1, 1);
  expect((await project.run(graphOf(chain))).counts).toMatchObject({ current: 3 });
});

test('params, coordinates and bindings may be written in any order', async () => {
  const project = new TestProject();
  const nodes: readonly Node[] = [{ id: 'a', params: { x: 1, y: { p: 1, q: 2 } } }];
  await project.run(graphOf(nodes));
  const reordered: readonly Node[] = [{ id: 'a', params: { y: { q: 2, p: 1 }, x: 1 } }];
  expect((await project.run(graphOf(reordered))).counts.current).toBe(1);
});

test('equal work under two names is done once', async () => {
  const project = new TestProject();
  const { ran, counts } = await project.run(graphOf([{ id: 'a' }, { id: 'twin' }]));
  expect(ran).toHaveLength(1);
  expect(counts).toMatchObject({ ran: 1, restored: 1 });
  expect(project.artifact('twin')).toBe(project.artifact('a'));
});

test('--force runs the targets, and what needs them only if they came out otherwise', async () => {
  const project = new TestProject();
  await project.run(graphOf(chain));
  const { ran } = await project.run(graphOf(chain), { force: true, targets: ['b'] });
  expect(ran).toEqual(['b']);
});

test('a result of another major version of Node is not current, and both are kept', async () => {
  const project = new TestProject();
  const graph = planned(graphOf(chain));
  pretendNode('v98.1.0');
  await project.run(graph);
  expect((await project.run(graph)).ran).toEqual([]);
  pretendNode('v98.2.0');
  expect((await project.run(graph)).ran).toEqual([]);
  pretendNode('v99.0.0');
  const { ran, events } = await project.run(graph);
  expect(ran).toEqual(['a', 'b', 'c']);
  const reason = expect.stringMatching(/^runs on .*node 99 instead of .*node 98$/);
  expect(events).toContainEqual(expect.objectContaining({ instance: 'a', reason }));
  pretendNode('v98.1.0');
  expect((await project.run(graph)).ran).toEqual([]);
});

test('other bytes by another version of Node are not blamed on the stage', async () => {
  const project = new TestProject();
  project.behaviours.combine = () => process.version;
  const graph = graphOf([{ id: 'a' }]);
  pretendNode('v98.1.0');
  await project.run(graph);
  pretendNode('v98.2.0');
  const { events } = await project.run(graph, { force: true });
  const [{ message }] = eventsOf(events, 'warning');
  expect(message).toContain('made by Node v98.1.0, and this is v98.2.0');
  expect(message).not.toContain('deterministic');
});

test('a stage that is not deterministic is named', async () => {
  const project = new TestProject();
  let count = 0;
  project.behaviours.random = () => {
    count += 1;
    return String(count);
  };
  await project.run(graphOf([{ id: 'a', module: 'random' }]));
  const { events } = await project.run(graphOf([{ id: 'a', module: 'random' }]), { force: true });
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'warning', message: expect.stringContaining('deterministic') }),
  );
});

/** Random graphs: each instance needs some of those before it. Params are few, so that keys repeat. */
const graphs = fc
  .array(
    fc.record({
      param: fc.nat(2),
      module: fc.constantFrom('combine', 'parity'),
      needs: fc.array(fc.nat(20), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((rows) =>
    rows.map(({ param, module, needs }, i): Node => {
      const upstream = i === 0 ? [] : needs.map((need) => `n${need % i}`);
      return { id: `n${i}`, module, params: { param }, needs: [...new Set(upstream)].sort() };
    }),
  );

const edits = fc.array(
  fc.record({
    at: fc.nat(20),
    what: fc.constantFrom('param', 'code', 'artifact', 'remove', 'nothing'),
    value: fc.nat(2),
  }),
  { maxLength: 4 },
);

test('an instance reruns if and only if its fingerprint is new', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(graphs, fc.array(edits, { maxLength: 4 }), async (start, rounds) => {
      const project = new TestProject('/project', new MemoryDisk('/project'));
      // Loses most of what it reads: early cutoff happens often.
      project.behaviours.parity = (inputs, params) =>
        String((inputs.join('').length + (params as { param: number }).param) % 2);
      let nodes = start;
      const seen = new Set<string>();
      for (const round of [[], ...rounds]) {
        for (const { at, what, value } of round) {
          const index = at % nodes.length;
          const node = nodes[index];
          if (what === 'param') nodes = nodes.with(index, { ...node, params: { param: value } });
          if (what === 'code') project.code[node.module ?? ''] = `version ${value}`;
          if (what === 'artifact') project.write(`artifacts/${node.id}/out.txt`, `junk ${value}`);
          if (what === 'remove') project.write(`artifacts/${node.id}/other.txt`, 'unrelated');
        }
        const expected = simulate(project, nodes, seen);
        const { ran, counts } = await project.run(graphOf(nodes));
        expect(counts.failed).toBe(0);
        expect([...ran].sort()).toEqual([...expected.ran].sort());
        for (const { id } of nodes) expect(project.artifact(id)).toBe(expected.results.get(id));
      }
    }),
    { numRuns: 150 },
  );
});

/** The specification, without a cache: what runs, and what every instance holds afterwards. */
function simulate(project: TestProject, nodes: readonly Node[], seen: Set<string>) {
  const results = new Map<string, string>();
  const ran: string[] = [];
  for (const { id, module = '', params = {}, needs = [] } of nodes) {
    const inputs = needs.map((need) => results.get(need) ?? '');
    const code = project.code[module] ?? '';
    const key = JSON.stringify([module, code, params, needs, inputs]);
    if (!seen.has(key)) ran.push(id);
    seen.add(key);
    results.set(id, project.behaviours[module](inputs, params as Json, undefined as never));
  }
  return { ran, results };
}
