import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Signatures } from '../../../src/pipe/cache/signatures.ts';
import { digestText } from '../../../src/pipe/core/digest.ts';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { temporaryFolder } from '../project.ts';

test('a set of files is known by its signature in the next run, if each was read as it looks in the set', async () => {
  const folder = temporaryFolder();
  const [real, log] = [join(folder, 'a.txt'), join(folder, 'signatures.log')];
  writeFileSync(real, 'a');
  const signature = realDisk.stat(real)?.signature ?? '';
  const first = new Signatures(realDisk, log, 'boot');
  expect(await first.digestOfForeign(real, { signature, changed: 0 })).toBe(digestText('a'));
  const digest = digestText('of the set');
  first.recordSet('data', digest, { signature: 'now', files: [{ real, signature }] });
  first.recordSet('other', digest, { signature: 'now', files: [{ real, signature: 'before' }] });
  first.save();
  const next = new Signatures(realDisk, log, 'boot');
  expect(next.digestOfSet('data', 'now')).toBe(digest);
  expect(next.digestOfSet('data', 'later')).toBeUndefined();
  expect(next.digestOfSet('other', 'now')).toBeUndefined();
});
