import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MachineClock, realClock } from '../../../src/pipe/core/clock.ts';
import { newRunId } from '../../../src/pipe/runs/record.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { graphOf, TestProject } from '../project.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const DAY = 86_400_000;

test('a timeout counts the time that the machine was awake, unaffected by changes of the date', () => {
  let calls = 0;
  realClock.after(10_000, () => {
    calls += 1;
  });
  for (const jump of [400 * DAY, -800 * DAY]) {
    vi.setSystemTime(Date.now() + jump);
    vi.advanceTimersByTime(4000);
    expect(calls).toBe(0);
  }
  vi.advanceTimersByTime(2000);
  expect(calls).toBe(1);
});

test('a timeout longer than the maximum of setTimeout is kept', () => {
  let calls = 0;
  realClock.after(60 * DAY, () => {
    calls += 1;
  });
  vi.advanceTimersByTime(60 * DAY - 1);
  expect(calls).toBe(0);
  vi.advanceTimersByTime(1);
  expect(calls).toBe(1);
});

test('a cancelled timer never fires, even one longer than the maximum of setTimeout', () => {
  let calls = 0;
  const callOff = realClock.after(60 * DAY, () => {
    calls += 1;
  });
  vi.advanceTimersByTime(40 * DAY);
  callOff();
  vi.advanceTimersByTime(40 * DAY);
  expect(calls).toBe(0);
});

test('while it stands still no time passes and nothing fires', () => {
  const clock = new MachineClock();
  let calls = 0;
  const count = () => {
    calls += 1;
  };
  const begin = clock.now();
  clock.after(1000, count);
  vi.advanceTimersByTime(600);
  clock.pause();
  clock.after(1000, count);
  vi.advanceTimersByTime(DAY);
  expect(clock.now() - begin).toBe(600);
  clock.resume();
  vi.advanceTimersByTime(399);
  expect(calls).toBe(0);
  vi.advanceTimersByTime(1);
  expect(calls).toBe(1);
  vi.advanceTimersByTime(600);
  expect(calls).toBe(2);
});

test('run ids keep their order although the date was set back between runs', () => {
  const ids: string[] = [];
  for (const date of ['2031-05-01', '2019-01-01', '2019-01-02', '2031-05-02', '2020-01-01']) {
    ids.push(newRunId(new Date(date), ids.at(-1)));
  }
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(5);
});

test('a date that jumps between runs and during one changes no result and reruns nothing', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const project = new TestProject('/project', new MemoryDisk('/project'));
  const graph = (x: number) =>
    graphOf([
      { id: 'a', params: { x } },
      { id: 'b', needs: ['a'] },
    ]);
  const dates = ['2031-05-01', '1971-01-01', '2026-11-25'];
  for (const [x, date] of dates.entries()) {
    vi.setSystemTime(date);
    project.behaviours.combine = (inputs, params) => {
      vi.setSystemTime(Date.now() + (x - 1) * 1000 * DAY);
      return `(${JSON.stringify(params)}${inputs.join()})`;
    };
    expect((await project.run(graph(x))).ran).toEqual(['a', 'b']);
    expect(project.artifact('b')).toBe(`({}({"x":${x}}))`);
    expect((await project.run(graph(x))).counts).toMatchObject({ current: 2 });
  }
  expect((await project.run(graph(0))).counts).toMatchObject({ ran: 0, restored: 2 });
});
