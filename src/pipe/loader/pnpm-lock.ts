import { parse } from 'yaml';
import type { PackageGraph } from './package-graph.ts';

/** A pnpm-lock.yaml of version 6 (pnpm 8) or 9 (pnpm 9 and later). */
interface PnpmLock extends Importer {
  readonly lockfileVersion?: string | number;
  /** By folder; a lock of version 6 without workspaces has that of its own at the top. */
  readonly importers?: Readonly<Record<string, Importer>>;
  readonly packages?: Readonly<Record<string, PnpmPackage>>;
  /** Since version 9: what each package, with its peers, depends on. */
  readonly snapshots?: Readonly<Record<string, PnpmPackage>>;
}

interface Importer {
  readonly dependencies?: Readonly<Record<string, Locked | string>>;
  readonly devDependencies?: Readonly<Record<string, Locked | string>>;
  readonly optionalDependencies?: Readonly<Record<string, Locked | string>>;
}

interface Locked {
  readonly version: string;
}

interface PnpmPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
}

export function readPnpmLock(file: string, text: string): PackageGraph {
  const lock = (parse(text) ?? {}) as PnpmLock;
  const version = Number.parseFloat(String(lock.lockfileVersion));
  if (!(version >= 6))
    throw new Error(`it is of version ${lock.lockfileVersion}, from before pnpm 8`);
  const entries = lock.snapshots ?? lock.packages ?? {};
  const ids = new Set(Object.keys(entries).map(plain));
  const idOf = (name: string, locked: string): string | undefined =>
    // An alias is locked as the package that it stands for.
    [`${name}@${locked}`, plain(locked)].find((id) => ids.has(id));
  const importers = Object.entries(lock.importers ?? { '.': lock }).map(([folder, importer]) => {
    const all = {
      ...importer.optionalDependencies,
      ...importer.devDependencies,
      ...importer.dependencies,
    };
    const names = Object.entries(all).flatMap(([name, locked]) => {
      const id = idOf(name, typeof locked === 'string' ? locked : locked.version);
      return id === undefined ? [] : [[name, id]];
    });
    return [folder === '.' ? '' : folder, Object.fromEntries(names)];
  });
  const packages = Object.entries(entries).map(([key, { dependencies = {} }]) => {
    const id = plain(key);
    const split = id.indexOf('@', 1);
    const resolved = Object.entries(dependencies).flatMap(
      ([name, locked]) => idOf(name, locked) ?? [],
    );
    return [id, { name: id.slice(0, split), version: id.slice(split + 1), dependencies: resolved }];
  });
  return {
    file,
    importers: Object.fromEntries(importers),
    packages: Object.fromEntries(packages),
  };
}

/** Version 6 begins its keys with a slash. */
function plain(key: string): string {
  return key.replace(/^\//, '');
}
