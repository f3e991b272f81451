import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the running program. All files of a bundle lie in it, whichever of them asks. */
export const PROGRAM_FOLDER: string = dirname(fileURLToPath(import.meta.url));

/** The package that the running program belongs to: a checkout, or an installed `@shatter/pipe`. */
interface Installation {
  readonly root: string;
  readonly version: string;
  /** Path of the command's file. */
  readonly bin: string;
  /** The oldest Node that it runs on. */
  readonly node: string | undefined;
}

interface Manifest {
  /** Of a bundle: the root of the checkout that it was made of. */
  readonly checkout?: string;
  readonly name?: string;
  readonly version?: string;
  readonly bin?: { readonly pipe?: string };
  readonly engines?: { readonly node?: string };
}

export function findInstallation(): Installation {
  const { checkout } = readManifest(PROGRAM_FOLDER) ?? {};
  for (const root of foldersUp(checkout ?? PROGRAM_FOLDER)) {
    const { name, version, bin, engines } = readManifest(root) ?? {};
    if (name === undefined) continue;
    return {
      root,
      version: version ?? '0.0.0',
      bin: join(root, bin?.pipe ?? ''),
      node: /^>=([\d.]+)$/.exec(engines?.node ?? '')?.[1],
    };
  }
  throw new Error(`no package.json above ${PROGRAM_FOLDER}`);
}

function readManifest(folder: string): Manifest | undefined {
  const path = join(folder, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : undefined;
}

/** A folder and all above it, the nearest first. */
export function* foldersUp(folder: string): Generator<string> {
  for (let at = folder; ; at = dirname(at)) {
    yield at;
    if (at === dirname(at)) return;
  }
}
