import { parse } from 'yaml';
import type { PackageGraph } from './package-graph.ts';

/** An entry of a yarn.lock; its key lists the descriptors that it stands for: `a@^1.0.0, a@~1.0.0`. */
interface YarnPackage {
  version?: string;
  resolution?: string;
  dependencies?: Record<string, string>;
}

/**
 * Reads a yarn.lock of yarn 1, or of a later yarn that installs into node_modules.
 *
 * @param wantedBy what the package.json of a folder asks for, by name
 */
export function readYarnLock(
  file: string,
  text: string,
  wantedBy: (folder: string) => Readonly<Record<string, string>>,
): PackageGraph {
  const isClassic = /^# yarn lockfile v1/m.test(text);
  const entries: Readonly<Record<string, YarnPackage>> = isClassic
    ? parseClassic(text)
    : parse(text);
  const ids = new Map<string, string>();
  for (const key of Object.keys(entries)) {
    for (const descriptor of key.split(/,\s*/)) ids.set(descriptor, key);
  }
  const idOf = (name: string, range: string) =>
    ids.get(`${name}@${range}`) ?? ids.get(`${name}@npm:${range}`);
  const find = (wanted: Readonly<Record<string, string>>) =>
    Object.entries(wanted).flatMap(([name, range]) => {
      const id = idOf(name, range);
      return id === undefined ? [] : [[name, id] as const];
    });
  const importers: Record<string, Record<string, string>> = {
    '': Object.fromEntries(find(wantedBy(''))),
  };
  const packages: Record<string, PackageGraph['packages'][string]> = {};
  for (const [key, { version = '', resolution = '', dependencies = {} }] of Object.entries(
    entries,
  )) {
    if (key === '__metadata') continue;
    const [descriptor] = key.split(/,\s*/);
    const name = descriptor.slice(0, descriptor.indexOf('@', 1));
    const workspace = /@workspace:([^@]+)$/.exec(resolution)?.[1];
    if (workspace !== undefined) {
      const folder = workspace === '.' ? '' : workspace;
      importers[folder] = Object.fromEntries(find(wantedBy(folder)));
    }
    // A patch or a commit is more than a version.
    const isPlain = resolution === '' || resolution === `${name}@npm:${version}`;
    packages[key] = {
      name,
      version: isPlain ? version : resolution.slice(name.length + 1),
      dependencies: find(dependencies).map(([, id]) => id),
    };
  }
  // Yarn 1 does not list workspaces: what they import is known where there is one version of it.
  const versionsOf = new Map<string, string[]>();
  for (const [id, { name }] of Object.entries(packages)) {
    versionsOf.set(name, [...(versionsOf.get(name) ?? []), id]);
  }
  for (const [name, [id, ...others]] of versionsOf) {
    if (others.length === 0) importers[''][name] ??= id;
  }
  return { file, importers, packages };
}

/** The format of yarn 1, which is almost YAML. */
function parseClassic(text: string): Record<string, YarnPackage> {
  const entries: Record<string, YarnPackage> = {};
  let entry: YarnPackage = {};
  let isInDependencies = false;
  for (const line of text.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue;
    const indent = line.search(/\S/);
    const [first = '', second = ''] = [
      ...line.matchAll(/"([^"]*)"|([^\s",:]+(?::[^\s",:]+)*)/g),
    ].map(([, quoted, bare]) => quoted ?? bare);
    if (indent === 0) {
      const descriptors = line.replace(/:$/, '').split(/,\s*/);
      entry = {};
      entries[descriptors.map((one) => one.replace(/^"|"$/g, '')).join(', ')] = entry;
    } else if (indent === 2) {
      isInDependencies = first === 'dependencies';
      if (first === 'version') entry.version = second;
    } else if (isInDependencies) {
      entry.dependencies ??= {};
      entry.dependencies[first] = second;
    }
  }
  return entries;
}
