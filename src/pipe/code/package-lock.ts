/** The parts of a package-lock.json (version 2 or 3) that say which versions belong together. */
export interface PackageLock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Package name -> version, or versions where a tree holds several. */
export type PackageVersions = Readonly<Record<string, string>>;

/**
 * The named packages and all their dependencies, with their locked versions. Optional
 * dependencies are left out: they are mostly binaries for one platform, their versions follow from
 * the package that wants them, and with them a digest would depend on the machine.
 *
 * @returns the versions, and the names that the lock does not have
 */
export function lockedVersions(
  lock: PackageLock,
  names: Iterable<string>,
): { readonly versions: PackageVersions; readonly missing: readonly string[] } {
  const versions = new Map<string, Set<string>>();
  const missing: string[] = [];
  const pending: string[] = [];
  const reached = new Set<string>();

  for (const name of names) {
    const path = resolvePackage(lock, '', name);
    if (path === undefined) missing.push(name);
    else reach(path);
  }
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const entry = lock.packages[path];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const version = entry.version ?? entry.resolved ?? '';
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
    for (const wanted of Object.keys({ ...entry.peerDependencies, ...entry.dependencies })) {
      // A peer that is not installed is optional, or npm would not have made this lock.
      const dependency = resolvePackage(lock, path, wanted);
      if (dependency !== undefined) reach(dependency);
    }
  }
  const sorted = [...versions].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    versions: Object.fromEntries(sorted.map(([name, set]) => [name, [...set].sort().join(', ')])),
    missing,
  };

  function reach(path: string): void {
    if (reached.has(path)) return;
    reached.add(path);
    pending.push(path);
  }
}

/** Node's own rule: the nearest node_modules upward that has the package. */
function resolvePackage(lock: PackageLock, from: string, name: string): string | undefined {
  for (let folder = from; ; ) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (Object.hasOwn(lock.packages, path)) return path;
    if (folder === '') return undefined;
    const above = folder.lastIndexOf('/node_modules/');
    folder = above === -1 ? '' : folder.slice(0, above);
  }
}
