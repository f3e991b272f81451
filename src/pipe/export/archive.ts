import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Headers, type Pack, pack } from 'tar-stream';
import type { Cache } from '../cache/cache.ts';
import { digestText } from '../core/digest.ts';
import { replaceFile } from '../disk/write-atomically.ts';
import { type ExportedFile, lostArtifact, type Provenance } from './provenance.ts';

/**
 * Writes a tar archive of `provenance.json`, `SHA256SUMS` and the artifacts, all in one folder. The
 * same run gives the same bytes. A failure leaves `target` as it was.
 *
 * @param folder name of the folder in the archive
 * @param target path of the archive
 * @throws {RunError} if the cache has lost an artifact
 */
export async function writeArchive(
  cache: Cache,
  provenance: Provenance,
  folder: string,
  target: string,
): Promise<void> {
  const { blobs, disk } = cache;
  const files = provenance.instances.flatMap((instance) => instance.files);
  for (const { digest, path } of files) {
    if ((await blobs.check(digest)) !== 'sound') throw lostArtifact(path);
  }
  await replaceFile(disk, target, { durable: true }, async (temporary) => {
    const archive = pack();
    const written = pipeline(archive, disk.writeStream(temporary));
    const packed = addEntries(archive, cache, provenance, files, folder);
    // If either fails, the other must end too.
    packed.catch((error: Error) => archive.destroy(error));
    await Promise.all([packed, written]);
  });
}

async function addEntries(
  archive: Pack,
  { disk, paths }: Cache,
  provenance: Provenance,
  files: readonly ExportedFile[],
  folder: string,
): Promise<void> {
  const mtime = new Date(provenance.run.started);
  const header = (path: string, size: number, mode = 0o644): Headers => {
    return { name: `${folder}/${path}`, size, mtime, mode, type: 'file' };
  };
  const text = `${JSON.stringify(provenance, undefined, 2)}\n`;
  const all = [{ digest: digestText(text), path: 'provenance.json' }, ...files];
  const sums = all.map(({ digest, path }) => `${digest}  ${path}\n`).join('');
  archive.entry(header('provenance.json', Buffer.byteLength(text)), text);
  archive.entry(header('SHA256SUMS', Buffer.byteLength(sums)), sums);
  for (const path of provenance.instances.flatMap(({ emptyFolders }) => emptyFolders)) {
    archive.entry({ name: `${folder}/${path}/`, mtime, mode: 0o755, type: 'directory' });
  }
  for (const { digest, path, size, executable } of files) {
    const sum = createHash('sha256');
    await pipeline(
      disk.readStream(paths.blob(digest)),
      async function* (bytes: Readable) {
        for await (const chunk of bytes) {
          sum.update(chunk);
          yield chunk;
        }
      },
      archive.entry(header(path, size, executable ? 0o755 : 0o644)),
    );
    if (sum.digest('hex') !== digest) throw lostArtifact(path);
  }
  archive.finalize();
}
