import { expect, test } from 'vitest';
import { ActionLog, type ActionRecord } from '../../src/runner/action-log.ts';
import type { ActionKey } from '../../src/runner/digest.ts';
import { MemoryDisk } from './memory-disk.ts';

const PATH = '/project/cache/actions.log';
const KEY = 'a'.repeat(64) as ActionKey;

/** A log in which one action was recorded so often, each time in more seconds. */
async function logOf(disk: MemoryDisk, times: number): Promise<string[]> {
  const log = new ActionLog(disk, PATH);
  for (let seconds = 1; seconds <= times; seconds += 1) {
    const record: ActionRecord = { key: KEY, instance: 's', outputs: [], seconds, finished: 0 };
    await log.add(record, { module: 's', code: 'c', params: {}, inputs: [] });
  }
  return disk.read(PATH)?.toString('utf8').trimEnd().split('\n') ?? [];
}

/** What the log says after its lines were replaced by these. */
function secondsIn(disk: MemoryDisk, lines: readonly string[]): number | undefined {
  disk.write(PATH, lines.map((line) => `${line}\n`).join(''));
  return new ActionLog(disk, PATH).get(KEY)?.seconds;
}

const damaged = (line: string) => line.replace('"seconds"', '"secomds"');

test('of several lines about an action the last sound one counts', async () => {
  const disk = new MemoryDisk('/project');
  const [one, two, three] = await logOf(disk, 3);
  expect(secondsIn(disk, [one, two, three])).toBe(3);
  expect(secondsIn(disk, [one, two, damaged(three)])).toBe(2);
  expect(secondsIn(disk, [damaged(one), two])).toBe(2);
  expect(secondsIn(disk, [one, damaged(two), damaged(three)])).toBe(1);
  expect(secondsIn(disk, [damaged(one), damaged(two)])).toBeUndefined();
  expect(secondsIn(disk, ['', damaged(one)])).toBeUndefined();
});

test('a damaged line has no fingerprint, is not listed, and goes when the log is compacted', async () => {
  const disk = new MemoryDisk('/project');
  const [line] = await logOf(disk, 1);
  disk.write(PATH, `${damaged(line)}\n`);
  const log = new ActionLog(disk, PATH);
  expect(log.fingerprint(KEY)).toBeUndefined();
  expect([...log.records()]).toEqual([]);
  log.compact();
  expect(disk.read(PATH)?.toString('utf8')).toBe('');
});
