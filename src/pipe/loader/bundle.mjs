/**
 * The runner's own sources as a few JavaScript files: loading 60 modules takes longer than the rest
 * of a run with nothing to do. Stored in the checkout's cache/ and made again when a source changed.
 */
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { sha256 } from '../core/checksummed-json.mjs';
import { markUsed, prune, readSealed, sign, writeFolder, writeSealed } from './folder-store.mjs';

/** @import { Input } from './build.mjs' */

/**
 * @typedef {{ format: number, root: string, digest: string, inputs: Record<string, Input> }} Index
 */

/** Increase when the bundles' format changes. */
const FORMAT = 2;

const PROGRAMS = {
  script: 'src/pipe/loader/script.ts',
  worker: 'src/pipe/workers/worker.ts',
  'command-worker': 'src/pipe/workers/command-worker.ts',
  agent: 'src/pipe/slurm/agent.ts',
  bootstrap: 'src/pipe/slurm/bootstrap.ts',
};

/** The checkout, whichever project is worked on. */
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const store = join(root, 'cache', 'runner');
const indexPath = join(store, 'index.json');

/**
 * Loads one of the runner's programs.
 * @param {'main' | 'script'} name
 * @returns {Promise<any>} its exports; `undefined` after an error that has been printed
 */
export async function loadBundled(name) {
  const digest = findCurrent() ?? (await make());
  if (digest === undefined) return undefined;
  markUsed(store, digest);
  return import(pathToFileURL(join(store, digest, `${name}.js`)).href);
}

/** @returns digest of the bundle that was made of the files as they are now, if there is one */
function findCurrent() {
  /** @type {Index | undefined} */
  const index = readSealed(indexPath);
  if (index?.format !== FORMAT || index.root !== root || !isThere(index.digest)) return undefined;
  const inputs = check(index.inputs);
  if (inputs === undefined) return undefined;
  if (inputs !== index.inputs) writeIndex({ ...index, inputs });
  return index.digest;
}

/**
 * Compares the files with those that were bundled; reads a file whose signature is new.
 * @param {Index['inputs']} inputs
 * @returns their current signatures, the same object if none is new; `undefined` if a file changed
 */
function check(inputs) {
  /** @type {Index['inputs']} */
  const renewed = {};
  for (const [path, { signature, sha }] of Object.entries(inputs)) {
    // Joined by hand: `join` would be half of the time of this loop.
    const now = sign(`${root}/${path}`);
    if (now === undefined) return undefined;
    if (now !== '' && now === signature) continue;
    if (sha256(readFileSync(join(root, path))) !== sha) return undefined;
    if (now !== '') renewed[path] = { signature: now, sha };
  }
  return Object.keys(renewed).length === 0 ? inputs : { ...inputs, ...renewed };
}

/** @param {string} digest */
function isThere(digest) {
  return sign(join(store, digest, 'main.js')) !== undefined;
}

/** @returns the bundle's digest; `undefined` after an error that has been printed */
async function make() {
  const { buildRunner, describeFailure } = await import('./build.mjs');
  try {
    const { files, inputs } = await buildRunner(root, {
      outdir: join(store, 'bundle'),
      programs: PROGRAMS,
    });
    const content = files.map(({ name, contents }) => [name, sha256(contents)]);
    const digest = sha256(JSON.stringify([FORMAT, root, content])).slice(0, 32);
    if (!isThere(digest)) {
      writeFolder(join(store, digest), (temporary) => {
        for (const { name, contents } of files) writeFileSync(join(temporary, name), contents);
        // Nothing of the checkout is above it where cache/ is a link.
        const manifest = { type: 'module', checkout: root };
        writeFileSync(join(temporary, 'package.json'), `${JSON.stringify(manifest)}\n`);
        symlinkSync(join(root, 'node_modules'), join(temporary, 'node_modules'), 'dir');
        return true;
      });
    }
    writeIndex({ format: FORMAT, root, digest, inputs });
    return digest;
  } catch (error) {
    const { message, isSource } = describeFailure(error, root, store);
    console.error(message);
    // A source that does not parse is the user's mistake, a disk that cannot be written is not.
    process.exitCode = isSource ? 2 : 1;
    return undefined;
  }
}

/** @param {Index} index */
function writeIndex(index) {
  try {
    writeSealed(indexPath, index);
    prune(store, index.digest);
  } catch {
    // The bundle is complete: without an index the next start is slower, and that is all.
  }
}
