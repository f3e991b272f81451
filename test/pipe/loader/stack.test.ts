import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mapStacks } from '../../../src/pipe/loader/stack.ts';
import { temporaryProject, writeFiles } from './project.ts';

const { prepareStackTrace } = Error;
let before: typeof prepareStackTrace;
beforeEach(() => {
  before = Error.prepareStackTrace;
});
afterEach(() => {
  Error.prepareStackTrace = before;
});

const SOURCE = `interface Unused {
  readonly a: number;
}

export function fail(): never {
  throw new Error('on purpose');
}
`;

/** A project's file as a snapshot has it: transpiled, with the types gone and a map beside it. */
function frozen(root: string, path: string, output: string, hasMap = true): string {
  const folder = join(root, 'cache/code/0');
  mkdirSync(folder, { recursive: true });
  const { code, map } = transformSync(SOURCE, {
    loader: 'ts',
    format: 'cjs',
    sourcemap: 'external',
    sourcesContent: false,
    sourcefile: path.split('/').at(-1) ?? path,
  });
  writeFiles(root, {
    [path]: SOURCE,
    [`cache/code/0/${output}`]: code,
    ...(hasMap ? { [`cache/code/0/${output}.map`]: map } : {}),
  });
  mapStacks({ folder, projectRoot: root });
  return join(folder, output);
}

function stackOf(file: string): string {
  try {
    createRequire(file)(file).fail();
  } catch (error) {
    return (error as Error).stack ?? '';
  }
  return '';
}

test.each(['stages/a.ts', 'stages/with space/é.ts'])(
  'an error in %s is where its source says',
  (path) => {
    const root = temporaryProject({});
    const file = frozen(root, path, path.replace(/ts$/, 'cjs'));
    const [message, first] = stackOf(file).split('\n');
    expect(message).toBe('Error: on purpose');
    expect(first).toContain(`at Object.fail (${root}/${path}:6:9)`);
  },
);

test('a file from outside of the project is shown where it is', () => {
  const root = temporaryProject({});
  const project = join(root, 'packages/own');
  mkdirSync(project, { recursive: true });
  const file = frozen(root, 'lib/b.ts', '_.._/_.._/lib/b.cjs');
  mapStacks({ folder: join(root, 'cache/code/0'), projectRoot: project });
  expect(stackOf(file)).toContain(`at Object.fail (${root}/lib/b.ts:6:9)`);
});

test('without its map a frame keeps its line, and names the source’s folder', () => {
  const root = temporaryProject({});
  const file = frozen(root, 'stages/a.ts', 'stages/a.cjs', false);
  expect(stackOf(file)).toMatch(
    new RegExp(`at Object.fail \\(${root}/stages/a[.]cjs:\\d+:\\d+\\)`),
  );
});
