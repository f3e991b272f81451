/**
 * Makes the packages that are published, in dist/: `npm run build [-- FOLDER]`. JavaScript is bundled by
 * esbuild, declarations are made by TypeScript.
 */
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { execa } from 'execa';
import { buildRunner, packagesOf } from '../pipe/loader/build.mjs';
import { CLIENT_OPTIONS, CLIENTS } from '../pipe/report/clients.mjs';
import { createPipeManifest, engineManifest, pipeManifest } from './manifests.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const dist = resolve(process.argv[2] ?? join(root, 'dist'));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const BIN = `#!/usr/bin/env node
import { runPipe } from './main.js';

process.exitCode = await runPipe(process.argv.slice(2));
`;

await Promise.all([
  buildPipe(join(dist, 'pipe')),
  buildCreatePipe(join(dist, 'create-pipe')),
  buildEngine(join(dist, 'engine')),
]);

/** @param {string} folder */
async function buildPipe(folder) {
  begin(folder, 'pipe', pipeManifest(manifest));
  const programs = {
    index: 'src/pipe/index.ts',
    worker: 'src/pipe/workers/worker.ts',
    'command-worker': 'src/pipe/workers/command-worker.ts',
    agent: 'src/pipe/slurm/agent.ts',
    bootstrap: 'src/pipe/slurm/bootstrap.ts',
  };
  const { files, packages } = await buildRunner(root, { outdir: folder, programs });
  packages.push(...(await buildClients(join(folder, 'client'))));
  for (const { name, contents } of files) writeFileSync(join(folder, name), contents);
  nameSources(folder);
  writeFileSync(join(folder, 'pipe.js'), BIN, { mode: 0o755 });
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES'), licensesOf([...new Set(packages)]));
  copyStarter(folder);
  await declare(folder, 'src/pipe');
}

/**
 * `npm create @shatter/pipe` installs it anew each time: it has no dependencies.
 * @param {string} folder
 */
async function buildCreatePipe(folder) {
  begin(folder, 'create-pipe', createPipeManifest(manifest));
  await build({
    absWorkingDir: root,
    entryPoints: ['src/packages/create-pipe/main.ts'],
    outfile: join(folder, 'create-pipe.js'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    charset: 'utf8',
    banner: { js: '#!/usr/bin/env node' },
  });
  copyStarter(folder);
}

/**
 * The files of a new project.
 * @param {string} folder
 */
function copyStarter(folder) {
  cpSync(join(root, 'starter'), join(folder, 'starter'), { recursive: true });
}

/**
 * The programs for the browser.
 * @param {string} folder
 * @returns folders of the packages that are part of them
 */
async function buildClients(folder) {
  const { metafile } = await build({
    ...CLIENT_OPTIONS,
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      Object.entries(CLIENTS).map(([name, file]) => [name, `src/pipe/${file}`]),
    ),
    outdir: folder,
    write: true,
    metafile: true,
  });
  return packagesOf(metafile);
}

/** @param {string} folder */
async function buildEngine(folder) {
  begin(folder, 'engine', engineManifest(manifest));
  await build({
    absWorkingDir: root,
    // The guard against a second copy of tfjs is a file of its own, which runs before tfjs is loaded.
    entryPoints: {
      index: 'src/engine/index.ts',
      copies: 'src/engine/tfjs/copies.ts',
    },
    splitting: true,
    outdir: folder,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    charset: 'utf8',
    sourcemap: 'linked',
    sourcesContent: false,
  });
  nameSources(folder);
  await declare(folder, 'src/engine');
}

/**
 * An empty folder with what every package has.
 * @param {string} folder
 * @param {string} name
 * @param {object} manifest
 */
function begin(folder, name, manifest) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  copyFileSync(join(root, 'src/packages', name, 'README.md'), join(folder, 'README.md'));
}

/**
 * Names the sources in source maps from the root of the checkout, as `src/pipe/cli/main.ts`: stacks then show them
 * as files of the package, and nothing of the folder that it was built in.
 * @param {string} folder
 */
function nameSources(folder) {
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.map'))) {
    const path = join(folder, name);
    const map = JSON.parse(readFileSync(path, 'utf8'));
    const sources = map.sources.map((/** @type {string} */ source) =>
      source.startsWith('.') ? relative(root, join(folder, source)) : source,
    );
    writeFileSync(path, JSON.stringify({ ...map, sources }));
  }
}

/**
 * Declarations of the module `index.ts` of a folder and of all that it imports.
 * @param {string} target
 * @param {string} source
 */
async function declare(target, source) {
  const config = join(target, 'tsconfig.json');
  const settings = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rewriteRelativeImportExtensions: true,
      allowJs: false,
      checkJs: false,
      rootDir: join(root, source),
      outDir: target,
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [],
    files: [join(root, source, 'index.ts')],
  };
  writeFileSync(config, JSON.stringify(settings));
  await execa('tsc', ['--project', config], {
    preferLocal: true,
    localDir: root,
    stdio: 'inherit',
  });
  rmSync(config);
  const needed = pointAtDeclarations(target, 'index.d.ts');
  for (const name of /** @type {string[]} */ (readdirSync(target, { recursive: true }))) {
    if (name.endsWith('.d.ts') && !needed.has(name)) rmSync(join(target, name));
  }
}

/**
 * Lets declarations import one another by the names that every compiler accepts.
 * @param {string} folder
 * @param {string} name
 * @param {Set<string>} needed names of the files reached so far
 */
function pointAtDeclarations(folder, name, needed = new Set()) {
  if (needed.has(name)) return needed;
  needed.add(name);
  const path = join(folder, name);
  const text = readFileSync(path, 'utf8').replace(
    /((?:\bfrom |\bimport\(|\bimport )')(\.[^']+)\.ts'/g,
    (_, before, specifier) => {
      pointAtDeclarations(folder, join(dirname(name), `${specifier}.d.ts`), needed);
      return `${before}${specifier}.js'`;
    },
  );
  writeFileSync(path, text);
  return needed;
}

/**
 * What the licenses of bundled packages ask to be handed on.
 * @param {string[]} packages their folders
 */
function licensesOf(packages) {
  const texts = packages.sort().map((folder) => {
    const path = join(root, folder);
    const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    const file = readdirSync(path).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? `${license}\n` : readFileSync(join(path, file), 'utf8');
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  return `The files of this package include code of these packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
