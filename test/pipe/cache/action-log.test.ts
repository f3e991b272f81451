import { expect, test } from 'vitest';
import { ActionLog, type ActionRecord } from '../../../src/pipe/cache/action-log.ts';
import type { ActionKey } from '../../../src/pipe/core/digest.ts';
import { fc } from '../../properties.ts';
import { MemoryDisk } from '../memory-disk.ts';

const PATH = '/project/cache/actions.log';
const KEY = 'a'.repeat(64) as ActionKey;

/** A log in which one action was recorded so often, each time in more seconds. */
async function logOf(disk: MemoryDisk, times: number): Promise<string[]> {
  const log = new ActionLog(disk, PATH);
  for (let seconds = 1; seconds <= times; seconds += 1) {
    const record: ActionRecord = { key: KEY, instance: 's', outputs: [], seconds, finished: 0 };
    await log.add(record, { module: 's', code: 'c', params: {}, inputs: [] });
  }
  return disk.read(PATH)?.toString('utf8').split('\n').filter(Boolean) ?? [];
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
  disk.write(PATH, `${'0'.repeat(8)}\n${'0'.repeat(9)}\n\n`);
  expect([...new ActionLog(disk, PATH).records()]).toEqual([]);
  log.compact();
  expect(disk.read(PATH)?.toString('utf8')).toBe('');
});

const KEYS = [KEY, `${'a'.repeat(63)}b` as ActionKey, 'b'.repeat(64) as ActionKey];
const INSTANCES = ['s', 's[axis=1]', 's[axis=ü"\\]', 's[axis=ü"\\]2'];

test('whatever is written, damaged, torn and compacted, it tells the last sound line of each action', async () => {
  const step = fc.record({
    key: fc.nat(KEYS.length - 1),
    instance: fc.nat(INSTANCES.length - 1),
    after: fc.constantFrom('nothing', 'nothing', 'damage', 'tear', 'read again', 'compact'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const disk = new MemoryDisk('/project');
      let log = new ActionLog(disk, PATH);
      let sound: ActionRecord[] = [];
      for (const [seconds, { key, instance, after }] of steps.entries()) {
        const finished = 0;
        const record = {
          key: KEYS[key],
          instance: INSTANCES[instance],
          outputs: [],
          seconds,
          finished,
        };
        const params = { seconds, text: 'ü' };
        await log.add(record, { module: 's', code: 'c', params, inputs: [] });
        const text = disk.read(PATH)?.toString('utf8') ?? '';
        if (after === 'damage')
          disk.write(PATH, text.replace(`"seconds":${seconds},"f`, '"seconds":77,"f'));
        if (after === 'tear') disk.write(PATH, text.slice(0, -5));
        if (after !== 'damage' && after !== 'tear') sound.push(record);
        if (after === 'compact') log.compact(({ instance }) => instance !== 's');
        else if (after !== 'nothing') log = new ActionLog(disk, PATH);
        if (after === 'compact') sound = lastOf(sound).filter((one) => one.instance !== 's');
      }
      for (const each of [log, new ActionLog(disk, PATH)]) {
        expectFound(each, sound);
        const last = lastOf(sound);
        expect([...each.records()]).toEqual(last);
        expect(each.size).toBe(last.length);
        // Now that all lines were wanted they are in order, and not looked for one by one.
        expectFound(each, sound);
      }
    }),
    { numRuns: 300 },
  );
});

function expectFound(log: ActionLog, sound: readonly ActionRecord[]) {
  const last = lastOf(sound);
  for (const key of KEYS) {
    const record = last.find((one) => one.key === key);
    expect(log.get(key)).toEqual(record);
    const params = record && { seconds: record.seconds, text: 'ü' };
    expect(log.fingerprint(key)?.params).toEqual(params);
  }
  for (const instance of INSTANCES) {
    const own = lastOf(sound.filter((one) => one.instance === instance));
    const done = [...log.doneFor(instance)].reverse();
    expect(done.map(({ record }) => record)).toEqual(own);
    const params = own.map(({ seconds }) => ({ seconds, text: 'ü' }));
    expect(done.map((one) => one.fingerprint().params)).toEqual(params);
  }
}

/** The last of each key, in the order in which they were written. */
function lastOf(records: readonly ActionRecord[]): ActionRecord[] {
  return records.filter(({ key }, i) => !records.slice(i + 1).some((later) => later.key === key));
}

test('what was looked for in vain is found when it has been recorded', async () => {
  const log = new ActionLog(new MemoryDisk('/project'), PATH);
  const record = { key: KEY, instance: 's', outputs: [], seconds: 1, finished: 0 };
  expect(log.get(KEY)).toBeUndefined();
  expect([...log.doneFor('s')]).toEqual([]);
  await log.add(record, { module: 's', code: 'c', params: {}, inputs: [] });
  expect(log.get(KEY)).toEqual(record);
  expect([...log.doneFor('s')].map((done) => done.record)).toEqual([record]);
  log.compact(() => false);
  expect(log.get(KEY)).toBeUndefined();
});

test('what was done for an instance comes in the order in which it was last written, the last first', async () => {
  const log = new ActionLog(new MemoryDisk('/project'), PATH);
  for (const key of [KEYS[0], KEYS[2], KEYS[0]]) {
    const record = { key, instance: 's', outputs: [], seconds: 1, finished: 0 };
    await log.add(record, { module: 's', code: 'c', params: {}, inputs: [] });
  }
  expect([...log.doneFor('s')].map(({ record }) => record.key)).toEqual([KEYS[0], KEYS[2]]);
  expect([...log.doneFor('s[axis=1]')]).toEqual([]);
});
