import { expect, test } from 'vitest';
import { isTemporary, writeAtomically } from '../../../src/pipe/disk/write-atomically.ts';
import { MachineStopped, MemoryDisk, systemError } from '../memory-disk.ts';

const PATH = '/project/folder/file';

/** A disk on which the file has its old content for good. */
function diskWithOld(): MemoryDisk {
  const disk = new MemoryDisk('/project');
  writeAtomically(disk, PATH, 'old', { durable: true });
  disk.syncNow('/project');
  return disk;
}

test('stopped at any change, the old content is there or the new, and cut off too if it is durable', () => {
  let replaced = 0;
  for (let at = 1; at <= 8; at += 1) {
    for (const durable of [true, false]) {
      for (const choice of [undefined, 0, 1, 2]) {
        if (!durable && choice !== undefined) continue;
        const disk = diskWithOld();
        const begin = disk.changes;
        disk.interfere = (change) => (change - begin >= at ? new MachineStopped() : undefined);
        let isDone = true;
        try {
          writeAtomically(disk, PATH, 'the new content', { durable });
        } catch (error) {
          expect(error).toBeInstanceOf(MachineStopped);
          isDone = false;
        }
        if (choice === undefined) disk.restart();
        else disk.losePower((below) => choice % below);
        const found = String(disk.read(PATH));
        expect(['old', 'the new content']).toContain(found);
        if (isDone) expect(found).toBe('the new content');
        replaced += found === 'old' ? 0 : 1;
        const left = disk.list('/project/folder').filter((name) => name !== 'file');
        expect(left.every(isTemporary)).toBe(true);
      }
    }
  }
  expect(replaced).toBeGreaterThan(5);
});

test('an error at any change leaves the old content and nothing half written', () => {
  for (let at = 1; at <= 5; at += 1) {
    const disk = diskWithOld();
    let count = 0;
    disk.interfere = (_, operation, path) => {
      count += operation === 'remove' ? 0 : 1;
      return count === at && operation !== 'remove' ? systemError('ENOSPC', path) : undefined;
    };
    expect(() => writeAtomically(disk, PATH, 'new', { durable: true })).toThrow('ENOSPC');
    expect(String(disk.read(PATH))).toBe('old');
    expect(disk.list('/project/folder')).toEqual(['file']);
  }
});

test('the folder of a new file is made', () => {
  const disk = new MemoryDisk('/project');
  writeAtomically(disk, '/project/a/b/c', 'x');
  expect(String(disk.read('/project/a/b/c'))).toBe('x');
});
