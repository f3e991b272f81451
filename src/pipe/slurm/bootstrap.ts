/**
 * The program that a job starts with on a node that sees nothing of the project. The script of the job carries it; it
 * fetches the agent and the code from the remote cache, by their digests, and becomes the agent. Its one argument is
 * the agent's settings.
 */
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { realDisk } from '../disk/disk.ts';
import { remoteAddress } from '../remote/address.ts';
import { openStore } from '../remote/open-store.ts';
import { RemoteFiles } from '../remote/remote-files.ts';
import type { AgentSettings, RemoteSettings } from './batch.ts';

const settings: AgentSettings & { readonly remote: RemoteSettings } = JSON.parse(process.argv[2]);
const { url, archives, program } = settings.remote;
const at = mkdtempSync(join(tmpdir(), 'shatter-'));
// The agent removes it when it leaves.
process.once('exit', () => rmSync(at, { recursive: true, force: true }));
const store = openStore(realDisk, remoteAddress(process.env, url));
const files = new RemoteFiles(store, realDisk);
for (const digest of archives) {
  const archive = join(at, digest);
  await files.getFile(digest, archive);
  await unpack(archive, at);
  rmSync(archive);
}
store.close();
process.argv.splice(
  1,
  2,
  `${at}${program}`,
  JSON.stringify({
    ...settings,
    folder: `${at}${settings.folder}`,
    root: `${at}${settings.root}`,
    stages: `${at}${settings.stages}`,
    remote: { ...settings.remote, at },
  } satisfies AgentSettings),
);
await import(pathToFileURL(`${at}${program}`).href);

/** Its paths are safe: its digest came with the script. */
async function unpack(archive: string, folder: string): Promise<void> {
  const unpacked = extract();
  const read = pipeline(createReadStream(archive), createGunzip(), unpacked);
  for await (const entry of unpacked) {
    const { name, type, linkname, mode = 0o644 } = entry.header;
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (type === 'symlink') {
      symlinkSync(linkname ?? '', path);
      entry.resume();
    } else await pipeline(entry, createWriteStream(path, { mode }));
  }
  await read;
}
