import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { CodeFile, CodeSnapshot } from '../loader/code.ts';
import { readSealed, writeSealed } from '../loader/folder-store.mjs';
import { CONTRACT_PACKAGE, CONTRACT_VERSION } from '../loader/project-packages.ts';
import { closeOver } from './closure.ts';
import { lockedVersions, type PackageLock, type PackageVersions } from './package-lock.ts';

/** The code that an instance's result depends on. */
export interface StageCode {
  /** SHA-256 over files and packages, hexadecimal. */
  readonly digest: string;
  /** Path -> code digest of every file reached from the stage's. */
  readonly files: Readonly<Record<string, string>>;
  /** Every package reached, with its locked version. */
  readonly packages: PackageVersions;
  /** Of a command: what its tools say, by their words. */
  readonly tools?: Readonly<Record<string, string>>;
  /** Of a command: its program and arguments. */
  readonly argv?: readonly string[];
}

/** By stage; diagnostics where the code cannot be determined. */
export type StageCodes = Readonly<
  Record<string, StageCode | { readonly diagnostics: readonly Diagnostic[] }>
>;

/** Increase to give the same code another digest. */
const FORMAT = 2;

/**
 * The code of every stage of a snapshot (`stages/<name>.ts`). Kept in the snapshot's folder, so that it is
 * computed once per edit.
 */
export function stageCodes(snapshot: CodeSnapshot): StageCodes {
  const cache = join(snapshot.folder, `stage-codes.${FORMAT}.json`);
  const known: StageCodes | undefined = readSealed(cache);
  if (known !== undefined) return known;
  const codes = digestStages(snapshot.files, readLock(snapshot));
  try {
    writeSealed(cache, codes);
  } catch {
    // Only a cache: on a read-only disk they are computed each time.
  }
  return codes;
}

/** The code of every stage (`stages/train.ts`, `stages/studies/rank.ts`), from the files' digests and imports and from the lock. */
export function digestStages(
  files: Readonly<Record<string, CodeFile>>,
  lock: PackageLock,
): StageCodes {
  const entries = Object.keys(files).filter((path) => {
    const [, folder, name] = /^(stages\/(?:[^/]+\/)?)([^/]+\.ts)$/.exec(path) ?? [];
    // Other folders hold what stages import.
    return name && (folder === 'stages/' || Object.hasOwn(files, `${folder}group.yaml`));
  });
  return Object.fromEntries(
    entries.map((entry) => [entry.slice('stages/'.length, -'.ts'.length), digest(entry)]),
  );

  function digest(entry: string): StageCodes[string] {
    const closure = closeOver(files, entry);
    if (!('files' in closure)) return { diagnostics: closure };
    // The contract has a version of its own: another version of the runner is not another stage.
    const hasContract = closure.packages.includes(CONTRACT_PACKAGE);
    const packages = closure.packages.filter((name) => name !== CONTRACT_PACKAGE);
    const { versions: locked, missing } = lockedVersions(lock, packages);
    const versions = hasContract ? { ...locked, [CONTRACT_PACKAGE]: CONTRACT_VERSION } : locked;
    if (missing.length > 0) {
      return {
        diagnostics: missing.map((name) => ({
          message: `'${entry}' needs the package '${name}', which package-lock.json does not list`,
          hint: `install it: npm install --save-exact ${name}`,
        })),
      };
    }
    const content = JSON.stringify([FORMAT, entry, closure.files, versions]);
    return {
      digest: createHash('sha256').update(content).digest('hex'),
      files: closure.files,
      packages: versions,
    };
  }
}

function readLock({ folder, lockDigest }: CodeSnapshot): PackageLock {
  if (lockDigest === undefined) return { packages: {} };
  return JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as PackageLock;
}
