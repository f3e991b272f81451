/** The installed packages that a lock file describes: which versions belong together. */
export interface PackageGraph {
  /** Name of the lock file. */
  readonly file: string;
  /** By folder of a package.json, relative to the lock file's: id by name of what it may import. */
  readonly importers: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Ids. */
  readonly dependencies: readonly string[];
}

/** Package name -> version, or versions where a tree holds several. */
export type PackageVersions = Readonly<Record<string, string>>;

/** A package that a file in some folder imports. */
export interface WantedPackage {
  readonly name: string;
  /** Folder of the importing file, relative to the lock file's. */
  readonly folder: string;
}

/**
 * The wanted packages and all their dependencies, with their locked versions. Optional dependencies are left
 * out: they are mostly binaries for one platform, their versions follow from the package that wants them,
 * and with them a digest would depend on the machine.
 *
 * @returns the versions, and the packages that the lock does not have
 */
export function lockedVersions(
  graph: PackageGraph,
  wanted: Iterable<WantedPackage>,
): { readonly versions: PackageVersions; readonly missing: readonly WantedPackage[] } {
  const versions = new Map<string, Set<string>>();
  const missing: WantedPackage[] = [];
  const reached = new Set<string>();
  for (const one of wanted) {
    const id = findPackage(graph, one);
    if (id === undefined) missing.push(one);
    else reached.add(id);
  }
  // A set gives what is added to it meanwhile.
  for (const id of reached) {
    const { name, version, dependencies } = graph.packages[id];
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
    for (const dependency of dependencies) reached.add(dependency);
  }
  const sorted = [...versions].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    versions: Object.fromEntries(sorted.map(([name, set]) => [name, [...set].sort().join(', ')])),
    missing,
  };
}

/** In the folder or the nearest above it that has the package. */
function findPackage(graph: PackageGraph, { name, folder }: WantedPackage): string | undefined {
  for (let at = folder; ; at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '') {
    const names = Object.hasOwn(graph.importers, at) ? graph.importers[at] : {};
    if (Object.hasOwn(names, name) && Object.hasOwn(graph.packages, names[name])) {
      return names[name];
    }
    if (at === '') return undefined;
  }
}
