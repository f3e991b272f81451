/** Bundles the runner's sources with the packages they import. Loaded only when something changed. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { sha256 } from '../core/checksummed-json.mjs';
import { CodeError, diagnoseSource, explainUnwritable } from './code-error.mjs';
import { sign } from './folder-store.mjs';

/** @import { BuildOptions, BuildResult, Plugin } from 'esbuild' */

/**
 * @typedef {{ signature: string, sha: string }} Input
 * @typedef {{ name: string, contents: Uint8Array }} OutputFile
 * @typedef {{ files: OutputFile[], inputs: Record<string, Input>, packages: string[] }} Bundle
 *   `inputs` by path from the root, `packages` are the folders of those that are part of the bundle
 */

// Its one large file takes three times as long to import as to require.
const esbuild = /** @type {typeof import('esbuild')} */ (createRequire(import.meta.url)('esbuild'));

/** What comes with a binary or is too large to be worth copying. */
const EXTERNAL = ['esbuild', 'apache-arrow', '@viz-js/viz'];

/**
 * How a bundle treats `import('./file.ts')`, by the file; the first pattern that matches decides. esbuild
 * makes a file for every combination of imports on demand, and a hundred small files take longer to load
 * than ten.
 */
const ON_DEMAND = /** @type {const} */ ([
  // Small: part of what imports it.
  [/\/(?:commands\/run|report-error|suggest|plain|github|json)\.ts$/, 'at once'],
  // Large, seldom used or, as what starts the first worker, used earlier than the rest: a file of its own.
  [
    /\/(?:pool|project|project-parts|remote|rows|open-live|watch-files|tensorboard|transpile|action-result|lock-file\/read|slurm\/site|axis-values|read-sources|(?:npm|pnpm|yarn)-lock)\.ts$|\/tables\//,
    'alone',
  ],
  // What it takes to read pipeline.yaml when it changed.
  [/^src\/pipe\/pipeline\//, 'declaration'],
  // What a command needs that runs something.
  [/^src\/pipe\/(?:session|current|runs)\/|\/signals\.ts$/, 'work'],
  [/^src\/pipe\/cli\//, 'commands'],
  [/./, 'at once'],
]);

const IMPORT = /(?<!typeof )\bimport\('(\.[^']+\.ts)'\)/g;

/** @type {BuildOptions} */
const OPTIONS = {
  bundle: true,
  write: false,
  metafile: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'silent',
  sourcemap: 'linked',
  sourcesContent: false,
  minifySyntax: true,
  minifyWhitespace: true,
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  external: EXTERNAL,
  // CommonJS packages call require for modules of Node.
  banner: {
    js: `import { createRequire as createRequire_ } from 'node:module'; const require = (name) => createRequire_(import.meta.url)(name);`,
  },
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
};

/**
 * @param {string} root of the checkout
 * @param {{ outdir: string, programs: Record<string, string> }} target where the files will lie, for their
 *   source maps, and the entry points besides the command line's
 * @returns {Promise<Bundle>}
 */
export async function buildRunner(root, { outdir, programs }) {
  /** @type {Record<string, Input>} */
  const inputs = {};
  /** @param {BuildOptions} options */
  const build = (options) =>
    esbuild.build({
      ...OPTIONS,
      ...options,
      absWorkingDir: root,
      outdir,
      plugins: [readSources(root, inputs)],
    });
  try {
    const results = await Promise.all([
      build({ entryPoints: { main: 'src/pipe/cli/main.ts' }, splitting: true }),
      // One file each: they load nothing on demand.
      build({ entryPoints: programs }),
    ]);
    const packages = [...new Set(results.flatMap(({ metafile }) => packagesOf(metafile)))];
    const manifests = ['node_modules/esbuild', ...packages].map((path) => `${path}/package.json`);
    for (const file of ['src/pipe/loader/build.mjs', ...manifests]) note(root, inputs, file);
    const files = results.flatMap(({ outputFiles = [] }) =>
      outputFiles.map(({ path, contents }) => ({ name: basename(path), contents })),
    );
    return { files, inputs, packages };
  } finally {
    await esbuild.stop();
  }
}

/**
 * Reads the runner's own files for esbuild, notes what was read, and brings together what is loaded together.
 * @param {string} root
 * @param {Record<string, Input>} inputs
 * @returns {Plugin}
 */
function readSources(root, inputs) {
  const sources = /** @type {string[]} */ (
    readdirSync(join(root, 'src/pipe'), { recursive: true })
  ).flatMap((name) => (name.endsWith('.ts') ? [`src/pipe/${name}`] : []));
  /** @param {string} group */
  const membersOf = (group) => [
    ...new Set(
      sources.flatMap((file) =>
        [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)]
          .map(([, specifier]) => join(dirname(file), specifier))
          .filter((target) => treatmentOf(target) === group),
      ),
    ),
  ];
  return {
    name: 'sources',
    setup(build) {
      // Commander starts executables with it, which no command of this runner is; loading it takes 4 ms.
      build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
        importer.includes('commander') ? { path: 'nothing', namespace: 'nothing' } : undefined,
      );
      build.onLoad({ filter: /./, namespace: 'nothing' }, () => ({ contents: '' }));
      build.onResolve({ filter: /^group:/ }, ({ path }) => ({
        path: path.replace('group:', ''),
        namespace: 'group',
      }));
      build.onLoad({ filter: /./, namespace: 'group' }, ({ path }) => ({
        contents: membersOf(path)
          .map((file) => `export * as ${nameOf(file)} from './${file}';`)
          .join('\n'),
        resolveDir: root,
      }));
      build.onLoad({ filter: /\.(?:ts|mjs)$/ }, ({ path }) => {
        const file = relative(root, path);
        if (!file.startsWith('src')) return undefined;
        const source = note(root, inputs, file).toString('utf8');
        const contents = regroup(source, dirname(file));
        return { contents, loader: file.endsWith('ts') ? 'ts' : 'js' };
      });
    },
  };
}

/** @param {string} file */
function treatmentOf(file) {
  return ON_DEMAND.find(([pattern]) => pattern.test(file))?.[1] ?? 'alone';
}

/**
 * Rewrites the imports on demand of one file.
 * @param {string} source
 * @param {string} folder of the file
 */
function regroup(source, folder) {
  /** @type {string[]} */
  const imports = [];
  const contents = source.replace(IMPORT, (original, specifier) => {
    const file = join(folder, specifier);
    const treatment = treatmentOf(file);
    if (treatment === 'alone') return original;
    if (treatment !== 'at once') {
      return `import('group:${treatment}').then((all) => all.${nameOf(file)})`;
    }
    imports.push(`import * as onDemand${imports.length} from '${specifier}';`);
    return `Promise.resolve(onDemand${imports.length - 1})`;
  });
  // At the end, so that no line moves.
  return [contents, ...imports].join('\n');
}

/** @param {string} file */
function nameOf(file) {
  return file.replaceAll(/\W/g, '_');
}

/**
 * Reads a source of a bundle, and notes its signature and digest.
 * @param {string} root
 * @param {Record<string, Input>} inputs
 * @param {string} file
 */
function note(root, inputs, file) {
  // Signed before it is read: an edit in between makes the signature wrong, not the content.
  const signature = sign(join(root, file)) ?? '';
  const bytes = readFileSync(join(root, file));
  inputs[file] = { signature, sha: sha256(bytes) };
  return bytes;
}

/**
 * Folders of the packages that went into a bundle.
 * @param {BuildResult['metafile']} metafile
 */
export function packagesOf(metafile) {
  return Object.keys(metafile?.inputs ?? {}).flatMap((path) => {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
    return folder === undefined ? [] : [folder];
  });
}

/**
 * Explains why there is no bundle, in the format of all errors: the code that prints those is not loaded yet.
 * @param {unknown} error
 * @param {string} root
 * @param {string} store
 * @returns {{ message: string, isSource: boolean }}
 */
export function describeFailure(error, root, store) {
  const explained = explainUnwritable(error, store);
  const diagnostics =
    explained instanceof CodeError ? explained.diagnostics : diagnoseSource(explained);
  const messages = diagnostics.map(({ message, range, hint }) => {
    const lines = [`error: ${message}`];
    if (range) {
      const { file, line, column, length } = range;
      const text = readFileSync(join(root, file), 'utf8').split('\n')[line - 1];
      const gutter = String(line).length;
      lines.push(`  at ${file}:${line}:${column}`, ` ${line} | ${text.replaceAll('\t', ' ')}`);
      lines.push(` ${' '.repeat(gutter)} | ${' '.repeat(column - 1)}${'^'.repeat(length)}`);
    }
    if (hint) lines.push(`  fix: ${hint}`);
    return lines.join('\n');
  });
  return {
    message: messages.join('\n\n'),
    isSource: diagnostics.some(({ range }) => range !== undefined),
  };
}
