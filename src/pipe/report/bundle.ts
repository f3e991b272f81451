import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildResult } from 'esbuild';
import { RunError } from '../core/errors.ts';
import { findInstallation, PROGRAM_FOLDER } from '../loader/installation.ts';
import { CLIENT_OPTIONS, CLIENTS } from './clients.mjs';

/** Browser code, ready to be written beside a page. */
export interface BrowserCode {
  readonly script: Uint8Array;
  readonly style: Uint8Array | undefined;
}

export type ClientName = keyof typeof CLIENTS;

/** One of the runner's own: as published, or bundled from the sources of a checkout. */
export async function clientCode(name: ClientName): Promise<BrowserCode> {
  const built = join(PROGRAM_FOLDER, 'client', `${name}.js`);
  if (existsSync(built)) {
    const style = built.replace(/js$/, 'css');
    return {
      script: readFileSync(built),
      style: existsSync(style) ? readFileSync(style) : undefined,
    };
  }
  const { root } = findInstallation();
  return await bundle(root, join(root, 'src/pipe', CLIENTS[name]));
}

/**
 * Browser code of a project.
 * @param path from the project's root
 * @throws {RunError} where it cannot be bundled
 */
export async function projectCode(root: string, path: string): Promise<BrowserCode> {
  try {
    return await bundle(root, join(root, path));
  } catch (error) {
    const [first] = (error as { errors?: readonly BuildError[] }).errors ?? [];
    if (first === undefined) throw error;
    const { text, location } = first;
    const at = location ? `${location.file}:${location.line}:${location.column + 1}` : path;
    throw new RunError(`browser code of the report cannot be bundled: ${text}\n  at ${at}`);
  }
}

type BuildError = BuildResult['errors'][number];

async function bundle(root: string, path: string): Promise<BrowserCode> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    ...CLIENT_OPTIONS,
    absWorkingDir: root,
    entryPoints: [path],
  });
  const contentOf = (ending: string) =>
    outputFiles.find((file) => file.path.endsWith(ending))?.contents;
  return { script: contentOf('.js') ?? new Uint8Array(), style: contentOf('.css') };
}

/** Ends the process of the bundler. */
export async function closeBundler(): Promise<void> {
  await (await import('esbuild')).stop();
}
