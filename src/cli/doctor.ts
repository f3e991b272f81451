import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { EXIT } from '../runner/error.ts';
import { describeMachine } from '../runner/machine.ts';
import { formatBytes } from '../runner/reporters/format.ts';
import type { Shell } from './command.ts';

/** Packages without which nothing runs, by what they are for. */
const PACKAGES = ['esbuild', 'execa', 'apache-arrow', 'onnxruntime-node', '@tensorflow/tfjs'];

/** What the engine says about its backends; `describeBackends` of src/engine. */
interface BackendChoice {
  readonly chosen: string;
  readonly why: string;
  readonly backends: readonly {
    readonly name: string;
    readonly works: boolean;
    readonly detail: string;
  }[];
}

export function build(shell: Shell): Command {
  return new Command('doctor')
    .description('say what this machine has, what is used and what is missing')
    .action(() => doctor(shell));
}

async function doctor(shell: Shell): Promise<void> {
  const { snapshot, cache } = await shell.open();
  const { cores, cpu, host, memory, node, platform } = describeMachine();
  shell.out(`machine   ${host}, ${platform}, ${cores} cores, ${cpu}`);
  shell.out(`memory    ${formatBytes(memory)}, ${formatBytes(freemem())} free`);
  shell.out(`node      ${node}`);
  shell.out(`project   ${snapshot.projectRoot}`);
  for (const name of PACKAGES) {
    const version = versionOf(snapshot.packageRoot, name);
    shell.out(`package   ${name} ${version ?? 'is not installed'}`);
    if (version !== undefined) continue;
    shell.out('  fix: npm ci');
    shell.exit(EXIT.failed);
  }
  shell.out(`cache     ${isWritable(cache.paths.cache, cache.disk.write) ? '' : 'not '}writable`);
  await printBackends(shell);
}

async function printBackends(shell: Shell): Promise<void> {
  const engine: object = await import('../engine/index.ts');
  const { describeBackends } = engine as {
    readonly describeBackends?: () => Promise<BackendChoice>;
  };
  if (describeBackends === undefined) return;
  const { chosen, why, backends } = await describeBackends();
  for (const { name, works, detail } of backends) {
    shell.out(`backend   ${name}: ${works ? '' : 'does not work: '}${detail}`);
  }
  shell.out(`training  uses ${chosen}: ${why}`);
}

function versionOf(root: string, name: string): string | undefined {
  try {
    const text = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
    return (JSON.parse(text) as { readonly version: string }).version;
  } catch {
    return undefined;
  }
}

function isWritable(folder: string, write: (path: string, text: string) => void): boolean {
  try {
    write(join(folder, 'writable'), '');
    return true;
  } catch {
    return false;
  }
}
