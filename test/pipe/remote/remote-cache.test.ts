import { expect, test } from 'vitest';
import { systemError } from '../memory-disk.ts';
import { eventsOf, graphOf } from '../project.ts';
import { FileServer } from './server.ts';
import { graph, nodes, Site, shared } from './site.ts';

test('a site pulls what another pushed, and has nothing left to run', async () => {
  const server = await FileServer.start();
  const here = new Site(server);
  await here.project.run(graph);
  expect(await here.push()).toMatchObject({ sent: 4, present: 0, missing: 0, lost: [] });
  expect(
    [...server.files.keys()].filter((path) => !/^\/(cas|ac)\/[0-9a-f]{64}$/.test(path)),
  ).toEqual([]);

  const there = new Site(server, '/srv/other');
  expect(await there.pull()).toMatchObject({ fetched: 4, missing: 0, waiting: 0, damaged: [] });
  expect(there.artifacts()).toEqual(here.artifacts());
  expect((await there.project.run(graph)).counts).toMatchObject({ current: 4, ran: 0 });
});

test('a second push or pull transfers nothing', async () => {
  const { server, here, there } = await shared();
  expect(await here.push()).toMatchObject({ sent: 0, present: 4, bytes: 0 });
  expect(server.count('PUT')).toBe(0);
  await there.pull();
  server.requests.length = 0;
  expect(await there.pull()).toMatchObject({ present: 4, fetched: 0, bytes: 0 });
  expect(server.requests).toEqual([]);
});

test('push sends current results and counts the missing ones', async () => {
  const server = await FileServer.start();
  const here = new Site(server);
  await here.project.run(graph, { targets: ['left'] });
  expect(await here.push()).toMatchObject({ sent: 2, missing: 2 });
  const there = new Site(server, '/srv/other');
  expect(await there.pull()).toMatchObject({ fetched: 2, missing: 1, waiting: 1 });
});

test('a run fetches what the remote cache has and runs the rest', async () => {
  const { server, there } = await shared();
  const edited = nodes.map((node) =>
    node.id === 'right' ? { ...node, params: { side: 'R' } } : node,
  );
  const { ran, events, counts } = await there.project.run(graphOf(edited), {
    remote: there.remote,
  });
  expect(ran).toEqual(['right', 'bottom']);
  expect(counts).toMatchObject({ restored: 2, ran: 2 });
  expect(eventsOf(events, 'restored')).toMatchObject([{ remote: true }, { remote: true }]);
  expect(server.count('PUT')).toBe(0);
});

test('early cutoff works with results from the remote cache', async () => {
  const { there } = await shared();
  // Another code of the same result: what needs it is known under its own key.
  there.project.code.combine = 'code of combine';
  there.project.behaviours.rewritten = (inputs, params) =>
    `(${JSON.stringify(params)}${inputs.join()})`;
  const edited = nodes.map((node) => (node.id === 'top' ? { ...node, module: 'rewritten' } : node));
  const { ran, counts } = await there.project.run(graphOf(edited), { remote: there.remote });
  expect(ran).toEqual(['top']);
  expect(counts.restored).toBe(3);
});

test('--force does not ask the remote cache', async () => {
  const { server, there } = await shared();
  const { ran } = await there.project.run(graph, { force: true, remote: there.remote });
  expect(ran).toHaveLength(4);
  expect(server.requests).toEqual([]);
});

test('a disk that fills up during a pull is reported', async () => {
  const { there } = await shared();
  there.disk.interfere = (_, operation, path) =>
    operation === 'write' && path.includes('/remote-') ? systemError('ENOSPC', path) : undefined;
  await expect(there.pull()).rejects.toThrow(/the disk is full/);
});

test('a pull that is stopped at any change can be repeated', async () => {
  const { there } = await shared();
  const begin = there.disk.changes;
  await there.pull();
  const changes = there.disk.changes - begin;
  const { server } = await shared();
  for (let at = 1; at < changes; at += 5) {
    const site = new Site(server, '/srv/third');
    const start = site.disk.changes;
    site.disk.interfere = (change) => (change - start >= at ? systemError('EIO') : undefined);
    await site.pull().catch(() => {});
    site.disk.interfere = () => undefined;
    expect(await site.pull()).toMatchObject({ missing: 0, damaged: [] });
    expect(site.artifacts()).toEqual(there.artifacts());
  }
});
