#!/usr/bin/env node
// usage: node src/pipe/loader/run.mjs FILE.ts [args]   (a benchmark or a script of this package)
import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { packageRoot } from './roots.mjs';
import { start } from './start.mjs';

const file = process.argv[2];
const path = relative(packageRoot, resolve(file ?? ''))
  .split(sep)
  .join('/');
const [folder] = path.split('/');
if (file === undefined || !existsSync(file)) {
  console.error('usage: node src/pipe/loader/run.mjs FILE.ts [args]');
  process.exitCode = 2;
} else if (path.startsWith('..') || path === folder) {
  console.error(`error: ${file} is not in a folder of ${packageRoot}`);
  process.exitCode = 2;
} else {
  const folders = ['src', 'stages', 'bench'].includes(folder) ? ['bench'] : ['bench', folder];
  await start(
    (snapshot) => {
      const output = path.replace(/ts$/, 'js');
      process.argv.splice(1, 2, join(snapshot.folder, output));
      return output;
    },
    { projectRoot: packageRoot, folders },
  );
}
