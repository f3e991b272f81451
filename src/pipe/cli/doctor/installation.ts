import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describeMachine } from '../../core/machine.ts';
import type { DoctorLine } from '../../pipeline/contract.ts';
import { formatBytes } from '../../reporters/format.ts';

/** What of a package.json is looked at. */
interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly engines?: { readonly node?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** @param roots folders of the runner and of the project */
export function checkInstallation(roots: readonly string[]): readonly DoctorLine[] {
  const { cores, cpu, host, memory, node, platform } = describeMachine();
  const manifests = [...new Set(roots)].map((root) => ({ root, ...readManifest(root) }));
  // A range such as `>=20.19`.
  const wanted = manifests.flatMap(
    ({ engines }) => /^>=([\d.]+)$/.exec(engines?.node ?? '')?.[1] ?? [],
  );
  const byNumber = new Intl.Collator('en', { numeric: true });
  const tooOld = wanted.filter((version) => byNumber.compare(node.slice(1), version) < 0);
  return [
    { subject: 'machine', text: `${host}, ${platform}, ${cores} cores, ${cpu}` },
    { subject: 'memory', text: `${formatBytes(memory)}, ${formatBytes(freemem())} free` },
    { subject: 'node', text: node },
    ...tooOld.map((version) => {
      const fix = `install Node ${version} or later`;
      return { subject: 'node', text: `node is older than ${version}`, fix };
    }),
    ...manifests.flatMap(checkPackages),
  ];
}

function checkPackages({
  root,
  name: dependent = basename(root),
  dependencies = {},
}: Manifest & { readonly root: string }): readonly DoctorLine[] {
  const problems = Object.entries(dependencies).flatMap(([name, wanted]): readonly DoctorLine[] => {
    const version = installedVersion(root, name);
    const fix = 'npm ci';
    if (version === undefined) {
      return [{ subject: 'packages', text: `the package ${name} is not installed`, fix }];
    }
    if (version === wanted || !/^\d/.test(wanted)) return [];
    const text = `the package ${name} is ${version}, but package.json asks for ${wanted}`;
    return [{ subject: 'packages', text, fix }];
  });
  const count = Object.keys(dependencies).length;
  if (count === 0 || problems.length > 0) return problems;
  return [{ subject: 'packages', text: `${dependent}: all ${count} dependencies installed` }];
}

/** Packages may be installed in any folder above. */
function installedVersion(root: string, name: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const { version } = readManifest(join(folder, 'node_modules', name));
    if (version !== undefined || folder === dirname(folder)) return version;
  }
}

/** Empty where there is none. */
function readManifest(folder: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return {};
  }
}
