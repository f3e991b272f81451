import { expect, test } from 'vitest';
import { Log, type LogEntry } from '../../../src/pipe/cache/log.ts';
import { fc } from '../../properties.ts';
import { MachineStopped, MemoryDisk } from '../memory-disk.ts';

const PATH = '/project/cache/test.log';
const KEYS = ['a', 'b', 'ab', 'ü "\\', ''];
const open = (disk: MemoryDisk, format = 'test 1') => new Log(disk, PATH, format);

/** The last entry of each key, in the order in which they were written. */
function lastOf(entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries.filter(({ key }, i) => !entries.slice(i + 1).some((later) => later.key === key));
}

function expectEntries(log: Pick<Log, 'get' | 'entries'>, entries: readonly LogEntry[]): void {
  const last = lastOf(entries);
  for (const key of KEYS) {
    expect(log.get(key)).toBe(last.find((entry) => entry.key === key)?.value);
  }
  expect(log.entries()).toEqual(last);
}

const entries = fc.record({
  key: fc.constantFrom(...KEYS),
  value: fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '')),
});

test('whatever is added, compacted and read again, the last entry of each key counts', async () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ do: fc.constantFrom('append' as const, 'extend' as const), entry: entries }),
      fc.record({ do: fc.constantFrom('compact' as const), key: fc.constantFrom(...KEYS) }),
      fc.record({ do: fc.constantFrom('read again' as const) }),
    ),
    { maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const disk = new MemoryDisk('/project');
      let log = open(disk);
      let model: readonly LogEntry[] = [];
      for (const step of list) {
        if (step.do === 'append') await log.append(step.entry.key, step.entry.value);
        else if (step.do === 'extend') log.extend([step.entry]);
        else if (step.do === 'compact')
          log.compact(({ key }) => key !== step.key, { durable: true });
        else log = open(disk);
        if ('entry' in step) model = [...model, step.entry];
        if ('key' in step) model = lastOf(model).filter(({ key }) => key !== step.key);
        expectEntries(log, model);
        expectEntries(open(disk), model);
      }
    }),
    { numRuns: 200 },
  );
});

test('a flipped bit or a torn end costs the lines it touches, and what is added later is whole', () => {
  const added = fc.array(entries, { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(added, fc.nat(), fc.nat(7), fc.boolean(), (list, place, bit, isTorn) => {
      const disk = new MemoryDisk('/project');
      open(disk).extend(list);
      const whole = disk.read(PATH) ?? Buffer.alloc(0);
      const at = place % whole.length;
      const bytes = Buffer.from(isTorn ? whole.subarray(0, at) : whole);
      if (!isTorn) bytes[at] ^= 1 << bit;
      disk.write(PATH, bytes);
      open(disk).extend([{ key: 'new', value: 'whole' }]);
      // A break before the first, and one after each: a damaged break joins two lines.
      const line = whole.subarray(0, at).filter((byte) => byte === 10).length - 1;
      const sound = list.filter((_, i) => {
        if (isTorn) return i < line || (i === line && whole[at] === 10);
        return i !== line && !(whole[at] === 10 && i === line + 1);
      });
      const found = open(disk);
      expect(found.get('new')).toBe('whole');
      expectEntries(
        {
          get: (key) => found.get(key),
          entries: () => found.entries().filter(({ key }) => key !== 'new'),
        },
        sound,
      );
    }),
    { numRuns: 500 },
  );
});

test('lines of another format are not misread', async () => {
  const disk = new MemoryDisk('/project');
  await open(disk, 'test 0').append('a', 'old');
  expect(open(disk).entries()).toEqual([]);
  await open(disk).append('a', 'new');
  expect(open(disk).entries()).toEqual([{ key: 'a', value: 'new' }]);
  expect(open(disk, 'test 0').entries()).toEqual([{ key: 'a', value: 'old' }]);
});

test('stopped at any change and cut off, what was appended is there, and of the rest no part', async () => {
  const old = { key: 'a', value: 'old' };
  const added = { key: 'b', value: 'new' };
  for (const act of ['append', 'extend', 'compact'] as const) {
    for (let at = 1; at <= 8; at += 1) {
      for (const choice of [undefined, 0, 1, 2]) {
        const disk = new MemoryDisk('/project');
        await open(disk).append(old.key, old.value);
        disk.syncNow('/project');
        const begin = disk.changes;
        disk.interfere = (change) => (change - begin >= at ? new MachineStopped() : undefined);
        const log = open(disk);
        let isDone = false;
        try {
          if (act === 'append') await log.append(added.key, added.value);
          else if (act === 'extend') log.extend([added]);
          else log.compact(() => true, { durable: true });
          isDone = act === 'append';
        } catch (error) {
          expect(error).toBeInstanceOf(MachineStopped);
        }
        if (choice === undefined) disk.restart();
        else disk.losePower((below) => choice % below);
        const found = open(disk);
        expect(found.get('a')).toBe('old');
        const { length } = found.entries();
        expect(length === 1 || found.get('b') === 'new').toBe(true);
        if (isDone) expect(found.get('b')).toBe('new');
        await found.append('c', 'later');
        expect(open(disk).get('c')).toBe('later');
        expect(open(disk).entries()).toHaveLength(length + 1);
      }
    }
  }
});

test('a failed append is an error, and the next one is whole', async () => {
  const disk = new MemoryDisk('/project');
  const log = open(disk);
  await log.append('a', '1');
  let left = 2;
  disk.interfere = (_, operation) => {
    left -= operation === 'append' ? 1 : 0;
    return left === 0 ? new Error('the disk is full') : undefined;
  };
  await expect(log.append('b', '2')).rejects.toThrow('the disk is full');
  disk.restart();
  expect(log.get('b')).toBeUndefined();
  await log.append('c', '3');
  expect(
    open(disk)
      .entries()
      .map(({ key }) => key),
  ).toEqual(['a', 'c']);
});

test('entries that are appended together share one write', async () => {
  const disk = new MemoryDisk('/project');
  const log = open(disk);
  let writes = 0;
  disk.interfere = (_, operation) => {
    writes += operation === 'sync' ? 1 : 0;
    return undefined;
  };
  await Promise.all(KEYS.slice(0, 4).map((key) => log.append(key, 'x')));
  // The first alone, then all that came meanwhile; and once the name of the file.
  expect(writes).toBe(3);
  expect(open(disk).entries()).toHaveLength(4);
});
