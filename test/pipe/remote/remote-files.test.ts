import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { artifactDigest } from '../../../src/pipe/cache/tree.ts';
import type { Digest } from '../../../src/pipe/core/digest.ts';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { PatientStore } from '../../../src/pipe/remote/patient-store.ts';
import { RemoteFiles } from '../../../src/pipe/remote/remote-files.ts';
import { temporaryFolder } from '../project.ts';
import { MemoryStore } from './memory-store.ts';

function setUp() {
  const store = new MemoryStore();
  const [here, there] = [temporaryFolder(), temporaryFolder()];
  return { store, here, there, files: new RemoteFiles(store, realDisk) };
}

test('files, programs and folders arrive as they were', async () => {
  const { here, there, files } = setUp();
  writeFileSync(join(here, 'plain'), 'one');
  writeFileSync(join(here, 'program'), 'two');
  chmodSync(join(here, 'program'), 0o755);
  mkdirSync(join(here, 'folder/empty'), { recursive: true });
  writeFileSync(join(here, 'folder/file'), 'three');
  for (const name of ['plain', 'program', 'folder']) {
    const stored = await files.putArtifact(join(here, name));
    expect(stored?.isTree).toBe(name === 'plain' ? undefined : true);
    await files.getArtifact(stored as { digest: Digest }, join(there, name));
    expect(await artifactDigest(realDisk, join(there, name))).toBe(stored?.digest);
  }
  expect(statSync(join(there, 'program')).mode & 0o100).toBe(0o100);
  expect(await files.putArtifact(join(here, 'none'))).toBeUndefined();
});

test('what is damaged, missing or leads elsewhere is not put in place', async () => {
  const { store, here, there, files } = setUp();
  writeFileSync(join(here, 'a'), 'one');
  const stored = await files.putArtifact(join(here, 'a'));
  const digest = stored?.digest as Digest;
  store.files.set(`cas/${digest}`, Buffer.from('other'));
  await expect(files.getFile(digest, join(there, 'a'))).rejects.toThrow(/is missing or damaged/);
  store.files.clear();
  await expect(files.getFile(digest, join(there, 'a'))).rejects.toThrow(/is missing or damaged/);
  const evil = await files.putText(`tree 1\nfile ${digest} 3 "../a"\n`);
  await expect(files.getArtifact({ digest: evil, isTree: true }, join(there, 'f'))).rejects.toThrow(
    /is missing or damaged/,
  );
  expect(existsSync(join(there, 'a'))).toBe(false);
});

test('what was sent once is sent no more, and what could not be is sent again', async () => {
  const { store, here, there } = setUp();
  let opened = 0;
  let isAway = true;
  const patient = new PatientStore('memory', () => {
    opened += 1;
    const own = Object.create(store) as MemoryStore;
    own.put = async (path, body) => {
      if (isAway) throw new Error('away');
      await store.put(path, body);
    };
    return own;
  });
  const files = new RemoteFiles(patient, realDisk);
  writeFileSync(join(here, 'a'), 'one');
  await expect(files.putArtifact(join(here, 'a'))).rejects.toThrow('away');
  isAway = false;
  const stored = await files.putArtifact(join(here, 'a'));
  // Opened anew after the failure.
  expect(opened).toBe(2);
  isAway = true;
  expect(await files.putArtifact(join(here, 'a'))).toEqual(stored);
  await files.getFile(stored?.digest as Digest, join(there, 'a'));
  expect(readFileSync(join(there, 'a'), 'utf8')).toBe('one');
});
