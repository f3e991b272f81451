import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ActionKey } from '../../../src/pipe/core/digest.ts';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { Paths } from '../../../src/pipe/disk/paths.ts';
import type { RunEvent } from '../../../src/pipe/events/events.ts';
import { readCurves } from '../../../src/pipe/runs/curves.ts';
import { parseJournal, RunJournal } from '../../../src/pipe/runs/journal.ts';
import { eventsOf, graphOf, TestProject, temporaryFolder } from '../project.ts';

const KEY = 'k1' as ActionKey;

function started(attempt = 1): RunEvent {
  return { type: 'started', instance: 'a', stage: 'a', axes: {}, attempt, pid: 1, reason: 'new' };
}

function progress(done: number, total: number, values?: Record<string, number>): RunEvent {
  const own = values === undefined ? {} : { values };
  return { type: 'progress', instance: 'a', progress: { done, total, unit: 'step', ...own } };
}

function finished(key: ActionKey = KEY): RunEvent {
  const cost = { seconds: 1, cpuSeconds: 1, peakMemory: 1 };
  return { type: 'finished', instance: 'a', stage: 'a', key, ...cost, outputs: [], metrics: {} };
}

/** Journals events, one each ten milliseconds from the second 1,000 on. */
function journal(root: string, run: string, events: readonly RunEvent[]): Paths {
  const paths = new Paths(root);
  let now = 5;
  const written = new RunJournal(realDisk, paths.journal(run), () => now, 1_000_000);
  for (const event of events) {
    now += 10;
    written.note(event);
  }
  written.close();
  return paths;
}

test('a run writes its events to a journal as it goes, all but what stages print', async () => {
  const project = new TestProject(temporaryFolder());
  const { events } = await project.run(graphOf([{ id: 'a' }, { id: 'b', needs: ['a'] }]));
  const [{ run }] = eventsOf(events, 'run-started');
  const text = readFileSync(join(project.root, 'cache/journals', `${run}.jsonl`), 'utf8');
  const entries = parseJournal(text).map(({ at, ...event }) => event);
  expect(entries).toEqual(JSON.parse(JSON.stringify(events)));
});

test('of much progress about five hundred points are kept, the first and the last among them', () => {
  const many = Array.from({ length: 100_000 }, (_, i) => progress(i + 1, 100_000));
  const paths = journal(temporaryFolder(), 'r', [started(), ...many]);
  const entries = parseJournal(readFileSync(paths.journal('r'), 'utf8'));
  const done = entries.flatMap((entry) => (entry.type === 'progress' ? [entry.progress.done] : []));
  expect(done.length).toBeGreaterThan(490);
  expect(done.length).toBeLessThan(510);
  expect(done[0]).toBe(1);
  expect(done.at(-1)).toBe(100_000);
});

test('a journal that cannot be written does not disturb the run', () => {
  const disk = {
    ...realDisk,
    extend: () => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    },
  };
  const written = new RunJournal(disk, join(temporaryFolder(), 'x'), () => 0, 0);
  written.note(started());
  written.close();
  written.note(started());
  expect(() => written.close()).not.toThrow();
});

test('the end of a journal that a kill cut off is left out', () => {
  expect(parseJournal('{"at":1,"type":"warning","message":"x"}\n{"at":2,"ty')).toEqual([
    { at: 1, type: 'warning', message: 'x' },
  ]);
});

test('the curve of a result is that of its last attempt, in the run that made it', () => {
  const root = temporaryFolder();
  const other = 'k2' as ActionKey;
  const paths = journal(root, '1', [
    started(),
    progress(1, 3, { loss: 9 }),
    started(2),
    progress(1, 3, { loss: 3 }),
    progress(2, 3),
    progress(3, 3, { loss: 1, rate: 0.5 }),
    finished(),
  ]);
  journal(root, '2', [started(), progress(1, 1, { loss: 7 }), finished(other)]);
  const curves = readCurves(realDisk, paths, new Set([KEY]));
  expect([...curves]).toEqual([
    [
      KEY,
      {
        unit: 'step',
        steps: [1, 3],
        times: [1_000_040, 1_000_060],
        values: { loss: [3, 1], rate: [null, 0.5] },
      },
    ],
  ]);
});

test('a result whose stage reports no values has no curve', () => {
  const paths = journal(temporaryFolder(), '1', [started(), progress(1, 1), finished()]);
  expect(readCurves(realDisk, paths, new Set([KEY])).size).toBe(0);
});
