import { expect, test } from 'vitest';
import { Signatures } from '../../../src/pipe/cache/signatures.ts';
import { type Digest, digestText } from '../../../src/pipe/core/digest.ts';
import { fc } from '../../properties.ts';
import { MachineStopped, MemoryDisk } from '../memory-disk.ts';

const INDEX = '/project/cache/signatures.log';
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

/** What an index of this boot, read anew, knows of files. */
function known(disk: MemoryDisk, paths: readonly string[]): readonly string[] {
  const index = new Signatures(disk, INDEX, 'boot');
  return paths.map((path) => index.lookup(path));
}

/** So many files beside FILE, no two names one bit apart, each known by one index after the other. */
function diskWithMany(count: number): { readonly disk: MemoryDisk; readonly paths: string[] } {
  const disk = diskWith();
  const paths = Array.from({ length: count }, (_, i) => `${FILE} ${i}-${i}`);
  for (const path of paths) {
    disk.write(path, 'content');
    const index = new Signatures(disk, INDEX, 'boot');
    index.record(path, DIGEST, true);
    index.save();
  }
  return { disk, paths };
}

/** Records the file and saves; returns what an index of this boot, read anew, knows of it. */
function knownIn(boot: string, isDurable: boolean, later = boot): Digest | string {
  const disk = diskWith();
  const index = new Signatures(disk, INDEX, boot);
  index.record(FILE, DIGEST, isDurable);
  index.save();
  return new Signatures(disk, INDEX, later).lookup(FILE);
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
  const index = new Signatures(disk, INDEX, 'boot');
  index.record(FILE, DIGEST, true);
  disk.write(FILE, 'other content');
  expect(index.lookup(FILE)).toBe('unknown');
  expect(await index.digest(FILE)).toBe(digestText('other content'));
  expect(index.lookup(FILE)).toBe(digestText('other content'));
  disk.remove(FILE);
  expect(index.lookup(FILE)).toBe('missing');
});

test('a file whose only line is damaged or torn anywhere is unknown', () => {
  const disk = diskWith();
  const index = new Signatures(disk, INDEX, 'boot');
  index.record(FILE, DIGEST, true);
  index.save();
  const text = disk.read(INDEX)?.toString('utf8') ?? '';
  // Line breaks do not belong to it.
  for (let at = 1; at < text.length - 1; at += 1) {
    disk.write(INDEX, `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`);
    expect(new Signatures(disk, INDEX, 'boot').lookup(FILE)).toBe('unknown');
    disk.write(INDEX, text.slice(0, at));
    expect(new Signatures(disk, INDEX, 'boot').lookup(FILE)).toBe('unknown');
  }
});

test('a name that would be two lines is not remembered, and spoils nothing', () => {
  const strange = '/project/a folder/one\ntwo';
  const disk = diskWith(strange);
  disk.write(FILE, 'content');
  const index = new Signatures(disk, INDEX, 'boot');
  index.record(strange, DIGEST, true);
  index.record(FILE, DIGEST, true);
  index.save();
  const again = new Signatures(disk, INDEX, 'boot');
  expect(again.lookup(strange)).toBe('unknown');
  expect(again.lookup(FILE)).toBe(DIGEST);
});

test('what one index adds, the next one knows, be it asked for a few files or for many', () => {
  const { disk, paths } = diskWithMany(40);
  expect(new Set(known(disk, paths))).toEqual(new Set([DIGEST]));
  expect(known(disk, paths.slice(-1))).toEqual([DIGEST]);
  // A name that others end in is another name.
  disk.write('/project/a folder/txt 7-7', 'content');
  expect(known(disk, ['/project/a folder/txt 7-7'])).toEqual(['unknown']);
});

test('of several lines about a file the last one counts', () => {
  const { disk, paths } = diskWithMany(20);
  for (const text of ['one', 'two', 'three']) {
    disk.write(paths[7], text);
    const index = new Signatures(disk, INDEX, 'boot');
    index.record(paths[7], digestText(text), true);
    index.save();
    expect(known(disk, [paths[7]])).toEqual([digestText(text)]);
    expect(known(disk, paths)[7]).toBe(digestText(text));
  }
});

test('a damaged or torn line costs the reading of that file, and what is added later is whole', () => {
  fc.assert(
    fc.property(fc.nat(), fc.boolean(), fc.constantFrom(1, 20), (place, isTorn, asked) => {
      const { disk, paths } = diskWithMany(20);
      const whole = disk.read(INDEX) ?? Buffer.alloc(0);
      const at = place % whole.length;
      const bytes = Buffer.from(isTorn ? whole.subarray(0, at) : whole);
      if (!isTorn) bytes[at] ^= 1;
      disk.write(INDEX, bytes);
      const index = new Signatures(disk, INDEX, 'boot');
      index.record(FILE, DIGEST, true);
      index.save();
      expect(known(disk, [FILE])).toEqual([DIGEST]);
      const found = paths.map((path, i) =>
        asked === 1 ? known(disk, [path])[0] : known(disk, paths)[i],
      );
      // Each file was added by itself: a break before its line and one after it.
      const breaks = whole.subarray(0, at).filter((byte) => byte === 10).length;
      const isWhole = whole[at] === 10 && breaks % 2 === 1;
      const lost = isTorn ? 20 - (breaks >> 1) - (isWhole ? 1 : 0) : 1;
      expect(found.filter((digest) => digest === DIGEST)).toHaveLength(Math.max(0, 20 - lost));
      expect(found.filter((digest) => digest === 'unknown')).toHaveLength(Math.min(20, lost));
    }),
  );
});

test('a file of another format, or of another program, is not misread', () => {
  for (const text of [
    '',
    'signatures 0\n',
    `${'0'.repeat(64)}\nsignatures 1\n`,
    `\n0badc0de ${FILE}\t${DIGEST}\t-\tx`,
  ]) {
    const disk = diskWith();
    disk.write(INDEX, text);
    const index = new Signatures(disk, INDEX, 'boot');
    expect(index.lookup(FILE)).toBe('unknown');
    index.record(FILE, DIGEST, true);
    index.save();
    expect(known(disk, [FILE])).toEqual([DIGEST]);
  }
});

test('lines that count no more are dropped before they take more room than the others', () => {
  const { disk, paths } = diskWithMany(1);
  for (let i = 0; i < 2000; i += 1) {
    const index = new Signatures(disk, INDEX, 'boot');
    index.record(paths[0], DIGEST, true);
    index.save();
  }
  expect(disk.stat(INDEX)?.size).toBeLessThan(100_000);
  expect(known(disk, paths)).toEqual([DIGEST]);
});

test('stopped at any change, or cut off, an index knows a file as it is or not at all', () => {
  for (let at = 1; at <= 5; at += 1) {
    for (const choice of [0, 1, 2]) {
      const { disk, paths } = diskWithMany(2);
      for (const path of [INDEX, FILE, ...paths]) disk.syncNow(path);
      for (const path of ['cache', 'a folder', '']) disk.syncNow(`/project/${path}`);
      const begin = disk.changes;
      disk.interfere = (change) => (change - begin >= at ? new MachineStopped() : undefined);
      const index = new Signatures(disk, INDEX, 'boot');
      index.record(FILE, DIGEST, true);
      index.save();
      disk.restart();
      expect(known(disk, paths)).toEqual([DIGEST, DIGEST]);
      disk.losePower((below) => choice % below);
      expect(known(disk, paths)).toEqual([DIGEST, DIGEST]);
      expect([DIGEST, 'unknown']).toContain(known(disk, [FILE])[0]);
    }
  }
});
