import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openLive } from '../../../../src/pipe/cli/shell/open-live.ts';
import { Shell } from '../../../../src/pipe/cli/shell/shell.ts';
import type { RunEvent } from '../../../../src/pipe/events/events.ts';
import { Screen } from '../../reporters/screen.ts';

let screen: Screen;
let writes = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  screen = new Screen(80, 24);
  writes = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    writes += 1;
    screen.write(String(text));
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const STARTED: RunEvent = {
  type: 'run-started',
  run: 'r',
  profile: 'default',
  jobs: 1,
  stages: [{ stage: 'train', total: 3, current: 1 }],
};

test('a run is drawn over and over, what the shell prints stays above it, and nothing of it is left', async () => {
  const shell = new Shell([]);
  const live = openLive(shell, false);
  live.emit(STARTED);
  shell.out('a line of the command');
  expect(await screen.lines()).toEqual([
    'profile default, run r',
    'a line of the command',
    'train  1/3',
  ]);
  const before = writes;
  vi.advanceTimersByTime(1000);
  expect(writes - before).toBe(10);
  expect(await screen.lines()).toHaveLength(3);
  await live.close();
  expect(await screen.lines()).toEqual(['profile default, run r', 'a line of the command']);
  const closed = writes;
  vi.advanceTimersByTime(1000);
  expect(writes).toBe(closed);
  expect(shell.display).toBeUndefined();
});

test('while it is suspended nothing is drawn, and then all of it at once', async () => {
  const shell = new Shell([]);
  const live = openLive(shell, false);
  live.emit(STARTED);
  shell.display?.suspend();
  expect(await screen.lines()).toEqual(['profile default, run r']);
  const suspended = writes;
  vi.advanceTimersByTime(1000);
  expect(writes).toBe(suspended);
  shell.display?.resume();
  expect(await screen.lines()).toEqual(['profile default, run r', 'train  1/3']);
  await live.close();
});
