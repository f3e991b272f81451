import type { PackageGraph } from './package-graph.ts';

/** A package-lock.json of version 2 or 3: packages by the folder that they are installed in. */
interface NpmLock {
  readonly packages?: Readonly<Record<string, NpmPackage>>;
}

interface NpmPackage {
  readonly version?: string;
  readonly resolved?: string;
  /** `resolved` is the folder that has the source. */
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export function readNpmLock(file: string, text: string): PackageGraph {
  const { packages } = JSON.parse(text) as NpmLock;
  if (packages === undefined) throw new Error('it is of version 1, from before npm 7');
  const importers: Record<string, Record<string, string>> = { '': {} };
  for (const path of Object.keys(packages)) {
    const at = path.lastIndexOf('node_modules/');
    // What is not in a node_modules is a workspace; what is in one of a workspace, that alone may import.
    const [folder, name] =
      at === -1
        ? [path, undefined]
        : [path.slice(0, Math.max(0, at - 1)), path.slice(at + 'node_modules/'.length)];
    if (folder.includes('node_modules/')) continue;
    importers[folder] ??= {};
    if (name !== undefined) importers[folder][name] = path;
  }
  const graph = Object.entries(packages).map(([path, entry]) => {
    const { version, resolved, link, dependencies, peerDependencies } = entry;
    const source = link === true && resolved !== undefined ? [resolved] : [];
    // A peer that is not installed is optional, or npm would not have made this lock.
    const wanted = Object.keys({ ...peerDependencies, ...dependencies });
    const installed = wanted.flatMap((name) => resolvePackage(packages, path, name) ?? []);
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const known = version ?? resolved ?? '';
    return [path, { name, version: known, dependencies: [...source, ...installed] }] as const;
  });
  return { file, importers, packages: Object.fromEntries(graph) };
}

/** Node's own rule: the nearest node_modules upward that has the package. */
function resolvePackage(
  packages: NonNullable<NpmLock['packages']>,
  from: string,
  name: string,
): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (Object.hasOwn(packages, path)) return path;
    if (folder === '') return undefined;
  }
}
