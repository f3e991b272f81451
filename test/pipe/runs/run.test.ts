import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Clock } from '../../../src/pipe/core/clock.ts';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { findRun, readRun, readRunRecords, runFile } from '../../../src/pipe/runs/files.ts';
import type { InstanceRun } from '../../../src/pipe/runs/recorder.ts';
import { rowsOf } from '../../../src/pipe/runs/rows.ts';
import { formatTrace } from '../../../src/pipe/runs/trace.ts';
import { graphOf, type Node, TestProject } from '../project.ts';

/** Goes on by a second each time that it is looked at. */
function tickingClock(): Clock {
  let now = 0;
  return {
    now() {
      now += 1000;
      return now;
    },
    after(_, call) {
      setTimeout(call, 0);
      return () => {};
    },
  };
}

const nodes: readonly Node[] = [
  { id: 'a' },
  { id: 'b', needs: ['a'] },
  { id: 'bad', module: 'bad', retries: 1 },
  { id: 'worse', needs: ['bad'] },
];

async function twoRuns() {
  const project = new TestProject();
  project.behaviours.bad = () => {
    throw new Error('the sky fell');
  };
  await project.run(graphOf(nodes.slice(0, 1)));
  await project.run(graphOf(nodes), { keepGoing: true, clock: tickingClock() });
  return { project, folder: join(project.root, 'cache/runs') };
}

test('every instance of a run is a line of its file, with what it cost and why it failed', async () => {
  const { folder } = await twoRuns();
  const [{ id, ok, counts, failures }] = readRunRecords(realDisk, folder, 1);
  expect(ok).toBe(false);
  expect(counts).toMatchObject({ current: 1, ran: 1, failed: 1, skipped: 1 });
  expect(failures).toEqual({ bad: 'the sky fell' });
  const found = readRun(realDisk, folder, id);
  const of = (name: string) => found.find(({ instance }) => instance === name) as InstanceRun;
  expect(found.map(({ instance }) => instance).sort()).toEqual(['a', 'b', 'bad', 'worse']);
  expect(of('a')).toMatchObject({ status: 'current', attempts: 0, key: expect.any(String) });
  expect(of('b')).toMatchObject({ status: 'ran', attempts: 1, cpuSeconds: 0, worker: 1 });
  expect(of('b').seconds).toBeGreaterThan(0);
  expect(of('bad')).toMatchObject({ status: 'failed', attempts: 2, message: 'the sky fell' });
  expect(of('worse')).toMatchObject({ status: 'skipped', attempts: 0 });
});

test('the table says of each row which run, machine and commit it is of', async () => {
  const { folder } = await twoRuns();
  const [record] = readRunRecords(realDisk, folder, 1);
  const [first] = rowsOf(record, readRun(realDisk, folder, record.id));
  const { machine } = record;
  expect(first).toMatchObject({
    run: record.id,
    profile: 'default',
    commit: null,
    dirty: null,
    host: machine.host,
    cpu: machine.cpu,
    node: process.version,
  });
});

test('the trace has a slice per attempt, and none outside of the run', async () => {
  const { folder } = await twoRuns();
  const [record] = readRunRecords(realDisk, folder, 1);
  const trace = formatTrace(record, readRun(realDisk, folder, record.id));
  const { traceEvents } = JSON.parse(trace) as {
    readonly traceEvents: readonly {
      readonly ph: string;
      readonly name: string;
      readonly ts: number;
      readonly dur: number;
      readonly args: { readonly instances?: number };
    }[];
  };
  const slices = traceEvents.filter(({ ph }) => ph === 'X');
  const names = slices.map(({ name }) => name).sort();
  // `run` and `store` lie within the one that came to its end.
  expect(names).toEqual(['b', 'bad', 'bad', 'run', 'store']);
  for (const { ts, dur } of slices) {
    expect(ts).toBeGreaterThan(0);
    expect(dur).toBeGreaterThanOrEqual(0);
  }
  const whole = slices.find(({ name }) => name === 'b');
  const parts = slices.filter(({ name }) => name === 'run' || name === 'store');
  expect(parts.reduce((sum, { dur }) => sum + dur, 0)).toBe(whole?.dur);
  const running = traceEvents.filter(({ ph }) => ph === 'C').map(({ args }) => args.instances ?? 0);
  expect(Math.max(...running)).toBeGreaterThan(0);
  expect(running.at(-1)).toBe(0);
});

test('a run whose file is torn or damaged has no part in the history', async () => {
  const { folder } = await twoRuns();
  const [last, first] = readRunRecords(realDisk, folder, 2).map(({ id }) => id);
  const path = runFile(folder, last);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.slice(0, 20));
  expect(readRunRecords(realDisk, folder, 2).map(({ id }) => id)).toEqual([first]);
  expect(readRun(realDisk, folder, last)).toEqual([]);
  writeFileSync(path, text.slice(0, -5));
  expect(readRun(realDisk, folder, last)).toEqual([]);
});

test('a run with nothing to do leaves no record', async () => {
  const project = new TestProject();
  await project.run(graphOf(nodes.slice(0, 2)));
  const folder = join(project.root, 'cache/runs');
  const before = realDisk.list(folder);
  await project.run(graphOf(nodes.slice(0, 2)));
  expect(realDisk.list(folder)).toEqual(before);
});

test('a run is found by id, by a part of it, or by its age', async () => {
  const { folder } = await twoRuns();
  const [last, first] = readRunRecords(realDisk, folder, 2).map(({ id }) => id);
  const find = (name: string) => findRun(realDisk, folder, name).id;
  expect(find('last')).toBe(last);
  expect(find('last~1')).toBe(first);
  expect(find(first)).toBe(first);
  expect(() => find('last~2')).toThrow("there is no run 'last~2'");
  expect(() => find(last.slice(0, 4))).toThrow('several runs are called');
});
