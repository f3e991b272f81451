import { expect, test } from 'vitest';
import { type Digest, digestText } from '../../src/runner/digest.ts';
import { StatIndex } from '../../src/runner/stat-index.ts';
import { MemoryDisk } from './memory-disk.ts';

const INDEX = '/project/cache/artifacts.index';
const FILE = '/project/a folder/with spaces.txt';
const DIGEST = digestText('content');

/** A disk with a file and the folder of the index. */
function diskWith(file = FILE): MemoryDisk {
  const disk = new MemoryDisk('/project');
  disk.makeFolder('/project/cache');
  disk.makeFolder(file.slice(0, file.lastIndexOf('/')));
  disk.write(file, 'content');
  return disk;
}

/** Records the file and saves; returns what an index of this boot, read anew, knows of it. */
function knownIn(boot: string, isDurable: boolean, later = boot): Digest | string {
  const disk = diskWith();
  const index = new StatIndex(disk, INDEX, boot);
  index.record(FILE, DIGEST, isDurable);
  index.save();
  return new StatIndex(disk, INDEX, later).lookup(FILE);
}

test('a file is known as it was recorded, by a later process too', () => {
  expect(knownIn('boot-1', true)).toBe(DIGEST);
  expect(knownIn('b', false)).toBe(DIGEST);
  expect(knownIn('', false)).toBe(DIGEST);
});

test('what was not synced is not believed after the machine was started again', () => {
  expect(knownIn('first boot', false, 'other boot')).toBe('unknown');
  expect(knownIn('first boot', true, 'other boot')).toBe(DIGEST);
});

test('a file that changed is unknown until it is read, one that is gone is missing', async () => {
  const disk = diskWith();
  const index = new StatIndex(disk, INDEX, 'boot');
  index.record(FILE, DIGEST, true);
  disk.write(FILE, 'other content');
  expect(index.lookup(FILE)).toBe('unknown');
  expect(await index.digest(FILE)).toBe(digestText('other content'));
  expect(index.lookup(FILE)).toBe(digestText('other content'));
  disk.remove(FILE);
  expect(index.lookup(FILE)).toBe('missing');
});

test('an index that is damaged anywhere knows nothing', () => {
  const disk = diskWith();
  const index = new StatIndex(disk, INDEX, 'boot');
  index.record(FILE, DIGEST, true);
  index.save();
  const text = disk.read(INDEX)?.toString('utf8') ?? '';
  for (let at = 0; at < text.length; at += 1) {
    disk.write(INDEX, `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`);
    expect(new StatIndex(disk, INDEX, 'boot').lookup(FILE)).toBe('unknown');
    disk.write(INDEX, text.slice(0, at));
    expect(new StatIndex(disk, INDEX, 'boot').lookup(FILE)).toBe('unknown');
  }
});

test('a name that would be two lines is not remembered, and spoils nothing', () => {
  const strange = '/project/a folder/one\ntwo';
  const disk = diskWith(strange);
  disk.write(FILE, 'content');
  const index = new StatIndex(disk, INDEX, 'boot');
  index.record(strange, DIGEST, true);
  index.record(FILE, DIGEST, true);
  index.save();
  const again = new StatIndex(disk, INDEX, 'boot');
  expect(again.lookup(strange)).toBe('unknown');
  expect(again.lookup(FILE)).toBe(DIGEST);
});
