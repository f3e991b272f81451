#!/usr/bin/env node
// usage: npx dimension JUDGEMENTS [--item-vectors FILE] [--query-vectors FILE] [--cosine]
//                      [--relevant-from N] [--profile ci] [--jobs N] [--set STAGE.PARAM=V] [--json]
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { execaNode } from 'execa';

const USAGE = `usage: npx dimension JUDGEMENTS [options]

How many dimensions, bits and vectors do relevance judgements need? JUDGEMENTS is a file of TREC
qrels, of query<TAB>item[<TAB>relevance], or of JSON Lines; docs/dimension.md explains the answer.

  --item-vectors FILE    your vectors of the items: .npy with names in a .txt beside it, .arrow, .parquet
  --query-vectors FILE   your vectors of the queries, likewise
  --cosine               compare your vectors by cosine instead of dot product
  --relevant-from N      least relevance that counts as a match (1)
  --profile NAME         ci: fewer dimensions and steps; gpu: search on a GPU
  --jobs N               fits side by side
  --set STAGE.PARAM=V    as of \`pipe run\`, e.g. judgements.queries=8000 for a larger sample
  --json                 print the answer as JSON
  --help                 print this`;

const root = dirname(dirname(dirname(realpathSync(fileURLToPath(import.meta.url)))));

/**
 * A file as a raw input of the pipeline.
 * @param {string} file
 */
function rawInput(file) {
  // Brackets and the like in the names of folders are no pattern.
  return resolve(file).replace(/[\\*?[\](){}!@+]/g, '\\$&');
}

/**
 * A file of vectors: `.npy` with the names beside it, others alone.
 * @param {string} file
 */
const rawVectors = (file) => rawInput(file).replace(/[.]npy$/, '.{npy,txt}');

/**
 * The first of the files that does not exist, those of names included.
 * @param {readonly (string | undefined)[]} files
 */
function missingOf(files) {
  return files
    .flatMap((file) => (file?.endsWith('.npy') ? [file, file.replace(/npy$/, 'txt')] : [file]))
    .find((file) => file !== undefined && !existsSync(file));
}

/** @param {string[]} argv */
async function main(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      'item-vectors': { type: 'string' },
      'query-vectors': { type: 'string' },
      cosine: { type: 'boolean', default: false },
      'relevant-from': { type: 'string' },
      profile: { type: 'string' },
      jobs: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [judgements] = positionals;
  const files = [...positionals, values['item-vectors'], values['query-vectors']];
  const missing = missingOf(files);
  if (positionals.length !== 1 || missing !== undefined) {
    console.error(missing === undefined ? USAGE : `error: ${missing} does not exist`);
    return 2;
  }
  const { 'item-vectors': itemVectors, 'query-vectors': queryVectors } = values;
  const use = {
    items: itemVectors === undefined ? 'never' : 'always',
    queries: queryVectors === undefined ? 'never' : 'always',
  };
  const settings = {
    'dimension.judgements': rawInput(judgements),
    ...(values['relevant-from']
      ? { 'judgements.relevantFrom': Number(values['relevant-from']) }
      : {}),
    ...(itemVectors === undefined ? {} : { 'dimension.vectors': rawVectors(itemVectors) }),
    ...(queryVectors === undefined ? {} : { 'dimension.queryVectors': rawVectors(queryVectors) }),
    'own-vectors.use': use,
    'own-vectors.similarity': values.cosine ? 'cosine' : 'dot',
  };
  const code = await run([
    'run',
    'dimension',
    ...Object.entries(settings).flatMap(([name, value]) => [
      '--set',
      `${name}=${JSON.stringify(value)}`,
    ]),
    ...values.set.flatMap((setting) => ['--set', setting]),
    ...(values.profile ? ['--profile', values.profile] : []),
    ...(values.jobs ? ['--jobs', values.jobs] : []),
  ]);
  if (code !== 0) return code;
  const folder = join(root, 'artifacts/dimension');
  process.stdout.write(readFileSync(join(folder, `dimension.${values.json ? 'json' : 'txt'}`)));
  if (!values.json)
    console.log(`\nPage and figure: ${relative('', join(folder, 'dimension.html'))}`);
  return 0;
}

/**
 * Runs the pipeline with its report on standard error, so that standard output is the answer alone.
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
async function run(args) {
  // The child gets the terminal's interrupt too, and says how far it came.
  process.on('SIGINT', () => {});
  const { exitCode } = await execaNode(join(root, 'src/pipe/loader/pipe.mjs'), args, {
    cwd: root,
    reject: false,
    stdin: 'inherit',
    stdout: [2],
    stderr: [2],
  });
  return exitCode ?? 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
