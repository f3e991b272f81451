import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bindingIn, compileBinding } from './binding.ts';
import { checkTools, processorOf, type Tools } from './needs.ts';
import { type Device, fetchTensorflow, TENSORFLOW } from './wheel.ts';

export interface SetUp {
  readonly device: Device;
  /** The folder whose node_modules has tfjs-node-gpu. */
  readonly project: string;
  readonly tools: Tools;
  /** Whether the library computes, said on standard output or error. */
  readonly works: () => Promise<boolean>;
  readonly log: (line: string) => void;
}

const PACKAGE = '@tensorflow/tfjs-node-gpu';

/**
 * Gives tfjs-node its native library: TensorFlow's own out of its Python wheel, and the binding compiled from
 * the sources in the npm package. It comes to lie in `deps` and `lib` of that package, in one move at the end.
 * A set-up that is there and works is left as it is.
 *
 * @throws Unavailable if the machine lacks what it takes; Error if a step fails, with nothing set up
 */
export async function setUpTensorflow(given: SetUp): Promise<void> {
  const { device, project, tools, works, log } = given;
  const home = homeOf(project);
  const mark = join(home, 'deps', 'set-up.json');
  const content = JSON.stringify({ tensorflow: TENSORFLOW, device });
  const isThere = existsSync(bindingIn(home)) && existsSync(mark);
  if (isThere && readFileSync(mark, 'utf8') === content && (await works())) {
    log(`TensorFlow is set up already, in ${home}`);
    return;
  }
  const processor = processorOf();
  await checkTools(tools);
  log(`TensorFlow ${TENSORFLOW} for the ${device} comes to lie in deps and lib of ${home}`);
  const work = join(home, 'set-up');
  rmSync(work, { recursive: true, force: true });
  try {
    const folders = { work, deps: join(work, 'deps') };
    mkdirSync(join(folders.deps, 'lib'), { recursive: true });
    await fetchTensorflow(tools.python, processor, device, folders);
    await compileBinding(tools.compiler, project, home, folders, bindingIn(work));
    for (const name of ['lib', 'deps']) rmSync(join(home, name), { recursive: true, force: true });
    // The library is looked for in lib: the rest is there before it.
    for (const name of ['deps', 'lib']) renameSync(join(work, name), join(home, name));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  if (!(await works())) {
    for (const name of ['lib', 'deps']) rmSync(join(home, name), { recursive: true, force: true });
    throw new Error('TensorFlow does not work here, and was removed again: its reason is above');
  }
  writeFileSync(mark, content);
}

function homeOf(project: string): string {
  try {
    const { resolve } = createRequire(join(project, 'package.json'));
    return dirname(resolve(`${PACKAGE}/package.json`));
  } catch {
    throw new Error(`${project} has no ${PACKAGE}: npm ci`);
  }
}
