import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { type Folders, librariesIn } from './wheel.ts';

/** The Node-API version that tfjs-node looks for on every Node since 15.12. */
const NODE_API = 8;

/** Where tfjs-node looks for its binding. */
export function bindingIn(home: string): string {
  return join(home, 'lib', `napi-v${NODE_API}`, 'tfjs_binding.node');
}

/**
 * Compiles tfjs-node's binding from the sources of its npm package. The same one serves the libraries for
 * the CPU and for GPUs, and every Node.
 *
 * @param target the binding's path; it finds the libraries in `../../deps/lib`
 */
export async function compileBinding(
  compiler: string,
  project: string,
  home: string,
  folders: Folders,
  target: string,
): Promise<void> {
  const { resolve } = createRequire(join(project, 'package.json'));
  const headers = join(dirname(resolve('node-api-headers/package.json')), 'include');
  const includes = [headers, join(folders.work, 'tensorflow/include')];
  mkdirSync(dirname(target), { recursive: true });
  const { failed, exitCode } = await execa(
    compiler,
    [
      ...['-std=c++17', '-O2', '-fPIC', '-shared', `-DNAPI_VERSION=${NODE_API}`],
      ...includes.flatMap((folder) => ['-I', folder]),
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(home, 'binding', file)),
      ...librariesIn(folders),
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
      ...['-o', target],
    ],
    { stdio: ['ignore', 'inherit', 'inherit'], reject: false },
  );
  if (failed) throw new Error(`${compiler} could not compile the binding (exit code ${exitCode})`);
}
