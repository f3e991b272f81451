import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { groupBy } from '../../tables/group-by.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { type CodeSnapshot, GRAPHS_FILE, type PackageGraphs } from '../loader/code.ts';
import { readSealed, writeSealed } from '../loader/folder-store.mjs';
import { lockedVersions, type PackageVersions } from '../loader/package-graph.ts';
import { CONTRACT_PACKAGE, CONTRACT_VERSION } from '../loader/project-packages.ts';
import { closeOver, type ImportedPackage } from './closure.ts';

/** The code that an instance's result depends on. */
export interface StageCode {
  /** SHA-256 over files and packages, hexadecimal. */
  readonly digest: string;
  /** Path -> code digest of every file reached from the stage's. */
  readonly files: Readonly<Record<string, string>>;
  /** Every package reached, with its locked version. */
  readonly packages: PackageVersions;
  /** Modules of Node that it imports. */
  readonly builtins?: readonly string[];
  /** Of a stage file: what it uses that may leave something unseen in its process. */
  readonly unchecked?: readonly string[];
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

/** What a stage's code is made of. */
type Sources = Pick<CodeSnapshot, 'entries' | 'groups' | 'files' | 'locks'>;

/**
 * The code of every stage of a snapshot (`stages/<name>.ts`). Kept in the snapshot's folder, so that it is
 * computed once per edit.
 */
export function stageCodes(snapshot: CodeSnapshot): StageCodes {
  const cache = join(snapshot.folder, `stage-codes.${FORMAT}.json`);
  const known: StageCodes | undefined = readSealed(cache);
  if (known !== undefined) return known;
  const graphs = JSON.parse(readFileSync(join(snapshot.folder, GRAPHS_FILE), 'utf8'));
  const codes = digestStages(snapshot, graphs as PackageGraphs);
  try {
    writeSealed(cache, codes);
  } catch {
    // Only a cache: on a read-only disk they are computed each time.
  }
  return codes;
}

/** The code of every stage (`stages/train.ts`, `stages/studies/rank.ts`), from digests, imports and lock files. */
export function digestStages(sources: Sources, graphs: PackageGraphs): StageCodes {
  return Object.fromEntries(
    sources.entries
      .filter((entry) => {
        // Other folders hold what stages import.
        const [, group] = /^stages\/(?:([^/]+)\/)?[^/]+\.ts$/.exec(entry) ?? [entry, entry];
        const isStage = group === undefined || sources.groups.includes(group);
        return isStage && Object.hasOwn(sources.files, entry);
      })
      .map((entry) => [entry.slice('stages/'.length, -'.ts'.length), digest(entry)]),
  );

  function digest(entry: string): StageCodes[string] {
    const closure = closeOver(sources.files, entry);
    if (!('files' in closure)) return { diagnostics: closure };
    // The contract has a version of its own: another version of the runner is not another stage.
    const hasContract = closure.packages.some(({ name }) => name === CONTRACT_PACKAGE);
    const packages = closure.packages.filter(({ name }) => name !== CONTRACT_PACKAGE);
    const { versions: locked, diagnostics } = lockPackages(sources.locks, graphs, packages);
    if (diagnostics.length > 0) {
      return {
        diagnostics: diagnostics.map((one) => ({
          ...one,
          message: `'${entry}' needs ${one.message}`,
        })),
      };
    }
    const versions = hasContract ? { ...locked, [CONTRACT_PACKAGE]: CONTRACT_VERSION } : locked;
    const content = JSON.stringify([FORMAT, entry, closure.files, versions]);
    return {
      digest: createHash('sha256').update(content).digest('hex'),
      files: closure.files,
      packages: versions,
      builtins: closure.builtins,
      unchecked: closure.unchecked,
    };
  }
}

/** Versions of packages by the lock files of those who import them. */
function lockPackages(
  locks: Sources['locks'],
  graphs: PackageGraphs,
  packages: readonly ImportedPackage[],
): { readonly versions: PackageVersions; readonly diagnostics: readonly Diagnostic[] } {
  const locked: Record<string, string> = {};
  const missing = new Map<string, Diagnostic>();
  const refuse = (name: string, message: string, hint: string) => {
    missing.set(name, { message: `the package '${name}', ${message}`, hint });
  };
  const byLock = groupBy(packages, ({ folder }) => locks[folder] ?? '');
  for (const [lock, wanted] of [...byLock].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const graph = graphs[lock];
    const needed = wanted.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
    if (graph === undefined) {
      const hint = 'install it: its lock file says which version the key has';
      for (const name of needed)
        refuse(name, 'and no lock file is in the project or above it', hint);
      continue;
    }
    const at = posix.dirname(lock);
    const from = wanted.map(({ name, folder }) => {
      const relative = posix.relative(at, folder);
      return { name, folder: relative.startsWith('..') ? '' : relative };
    });
    const { versions, missing: unknown } = lockedVersions(graph, from);
    for (const { name } of unknown) {
      if (!needed.includes(name)) continue;
      refuse(name, `which ${graph.file} does not list`, installing(graph.file, name));
    }
    for (const [name, version] of Object.entries(versions)) {
      const all = new Set([...(locked[name]?.split(', ') ?? []), ...version.split(', ')]);
      locked[name] = [...all].sort().join(', ');
    }
  }
  const sorted = Object.entries(locked).sort(([a], [b]) => (a < b ? -1 : 1));
  return { versions: Object.fromEntries(sorted), diagnostics: [...missing.values()] };
}

function installing(lock: string, name: string): string {
  if (lock === 'pnpm-lock.yaml') return `install it: pnpm add ${name}`;
  if (lock === 'yarn.lock') return `install it: yarn add ${name}`;
  return `install it: npm install --save-exact ${name}`;
}
