import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FIT, OWN_VECTORS } from '../../src/dimension/tables.ts';
import type { Progress } from '../../src/pipe/pipeline/contract.ts';
import { readRows } from '../../src/tables/records.ts';
import dimension from '../../stages/dimensions/dimension.ts';
import dimensionProblem from '../../stages/dimensions/dimension-problem.ts';
import freeBits from '../../stages/dimensions/free-bits.ts';
import freeVectors from '../../stages/dimensions/free-vectors.ts';
import judgements from '../../stages/dimensions/judgements.ts';
import leastDimensions from '../../stages/dimensions/least-dimensions.ts';
import multiVectors from '../../stages/dimensions/multi-vectors.ts';
import ownVectors from '../../stages/dimensions/own-vectors.ts';
import plotDimension from '../../stages/dimensions/plot-dimension.ts';
import predictors from '../../stages/dimensions/predictors.ts';
import { runProcess } from '../processes.ts';
import { runStage } from './run-stage.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dimension-stages-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (name: string) => join(folder, name);

function given(name: string, text: string) {
  writeFileSync(inFolder(name), text);
  return { path: inFolder(name) };
}

/** Every pair of ten items, by ten names. */
const PAIRS = Array.from({ length: 10 }, (_, a) =>
  Array.from({ length: 10 - a - 1 }, (_, i) => [a, a + 1 + i]),
).flat();
const TEXT = PAIRS.flatMap((pair, q) => pair.map((item) => `q${q}\titem ${item}`)).join('\n');

const SEARCH = { steps: 60, learningRate: 0.1 };

test('from a file to the answer', async () => {
  const file = given('pairs.tsv', TEXT);
  const params = { queries: 100, items: 100, heldOut: 0.3 };
  const read = await runStage(judgements, inFolder('judgements'), params, { file });
  const queries = { path: read.queries };
  const fits = [];
  for (const width of [2, 5, 64]) {
    const own = { ...SEARCH, width, restarts: 2 };
    const { fit } = await runStage(freeVectors, inFolder(`fit-${width}`), own, { queries });
    fits.push({ path: fit, axes: { width } });
  }
  const least = { ...SEARCH, restarts: 2, recalls: [0.9, 0.99] };
  const more = await runStage(leastDimensions, inFolder('least'), least, { queries, fits });
  // Stopped and started again it fits nothing twice.
  const reports: Progress[] = [];
  const again = await runStage(
    leastDimensions,
    inFolder('least'),
    least,
    { queries, fits },
    reports,
  );
  expect(reports).toEqual([]);
  expect(readRows(again.fit, FIT)).toEqual(readRows(more.fit, FIT));
  const bits = { ...SEARCH, width: 8, bits: [1, 4] };
  const some = await runStage(freeBits, inFolder('bits'), bits, { queries });
  const pieces = { ...SEARCH, width: 8, restarts: 1, pieces: [1, 2, 3] };
  const several = await runStage(multiVectors, inFolder('multi'), pieces, { queries });
  const shown = await runStage(predictors, inFolder('predictors'), {}, { queries });
  const use = { items: 'never', queries: 'never' };
  const vectors = { ...SEARCH, use, similarity: 'dot', dims: [2] };
  const inputs = { queries, items: { path: read.items }, itemVectors: [], queryVectors: [] };
  const own = await runStage(ownVectors, inFolder('own'), vectors, inputs);
  const outputs = await runStage(
    dimension,
    inFolder('dimension'),
    {},
    {
      judgements: file,
      summary: { path: read.summary },
      predictors: { path: shown.predictors },
      fits,
      more: { path: more.fit },
      bits: [{ path: some.budgets, axes: { width: 8 } }],
      severalVectors: [{ path: several.budgets, axes: { width: 8 } }],
      vectors: [],
      queryVectors: [],
      own: { path: own.comparison },
      notes: { path: own.notes },
    },
  );
  const answer = JSON.parse(readFileSync(outputs.json, 'utf8'));
  // The bisection closed in on the least ones; nine dimensions are a simplex.
  expect(answer.d99.d).toBeGreaterThan(4);
  expect(answer.d99.d).toBeLessThanOrEqual(9);
  expect(answer.d99.above).toBe(answer.d99.d - 1);
  expect(answer.predictors).toMatchObject({ items: 10, distinctSets: 45, upper: 4 });
  expect(answer.vectors.map(({ pieces: m }: { pieces: number }) => m)).toEqual([1, 2]);
  expect(readFileSync(outputs.text, 'utf8')).toContain(
    'pairs.tsv: 45 queries (13 held out), 10 items',
  );
  expect(readFileSync(outputs.page, 'utf8')).toContain('<svg');
});

test('vectors of the reader are found by name, whole and reduced', async () => {
  const file = given('pairs.tsv', TEXT);
  const params = { queries: 100, items: 100, heldOut: 0.3 };
  const read = await runStage(judgements, inFolder('judgements-2'), params, { file });
  const names = Array.from({ length: 10 }, (_, i) => `item ${i}`);
  const floats = Float32Array.from({ length: 10 * 3 }, (_, i) => Math.sin(7 * i));
  const dict = "{'descr': '<f4', 'fortran_order': False, 'shape': (10, 3), }";
  const head = Buffer.from(
    `\x93NUMPY\x01\x00${String.fromCharCode(118)}\x00${dict.padEnd(117)}\n`,
    'latin1',
  );
  writeFileSync(inFolder('items.npy'), Buffer.concat([head, Buffer.from(floats.buffer)]));
  const namesFile = given('items.txt', names.join('\n'));
  const inputs = {
    queries: { path: read.queries },
    items: { path: read.items },
    itemVectors: [inFolder('items.npy'), namesFile.path].map((path) => ({ path, axes: {} })),
    queryVectors: [],
  };
  const comparison = (items: string) => ({
    ...SEARCH,
    use: { items, queries: 'never' },
    similarity: 'cosine',
    dims: [2, 64],
  });
  const reports: Progress[] = [];
  const outputs = await runStage(
    ownVectors,
    inFolder('own-2'),
    comparison('known'),
    inputs,
    reports,
  );
  const rows = readRows(outputs.comparison, OWN_VECTORS);
  expect(rows.map(({ method, queries, d }) => `${method} ${queries} ${d}`)).toEqual([
    'as given free 3',
    'truncation free 2',
    'PCA free 2',
  ]);
  expect(reports.at(-1)).toMatchObject({ done: reports[0].total, unit: 'step' });
  // Of other things than the judgements: an error, unless they may be.
  given('items.txt', names.map((name) => `other ${name}`).join('\n'));
  await expect(
    runStage(ownVectors, inFolder('own-4'), comparison('always'), inputs),
  ).rejects.toThrow('10 of 10 items have no vector');
  const strange = await runStage(ownVectors, inFolder('own-5'), comparison('known'), inputs);
  expect(readRows(strange.comparison, OWN_VECTORS)).toEqual([]);
  expect(JSON.parse(readFileSync(strange.notes, 'utf8'))).toEqual([
    'No vectors of items are compared: items.npy, items.txt has none of these items.',
  ]);
  given('items.txt', ['item 0', ...names.slice(1).map((name) => `other ${name}`)].join('\n'));
  await expect(
    runStage(ownVectors, inFolder('own-6'), comparison('known'), inputs),
  ).rejects.toThrow('9 of 10 items have no vector');
});

test('a problem is solved, and the validation judges it', async () => {
  const params = {
    ...SEARCH,
    problem: 'windows-16-3',
    restarts: 2,
    budgets: { dims: [4], bits: [1], pieces: [1, 2] },
  };
  const solved = await runStage(dimensionProblem, inFolder('problem'), params, {});
  const axes = { problem: 'windows-16-3' };
  const inputs = {
    problems: [{ path: solved.problem, axes }],
    curves: [{ path: solved.curve, axes }],
    budgets: [{ path: solved.budgets, axes }],
  };
  const outputs = await runStage(plotDimension, inFolder('plot'), { profile: 'test' }, inputs);
  const scorecard = readFileSync(outputs.scorecard, 'utf8');
  expect(scorecard).toContain('windows-16-3: right from d = 2, theory 2');
});

const COMMAND = fileURLToPath(new URL('../../src/dimension/cli.mjs', import.meta.url));

test('the command explains itself, and names a file that is missing', () => {
  expect(runProcess(process.execPath, [COMMAND, '--help']).stdout).toContain(
    'usage: npx dimension JUDGEMENTS',
  );
  const missing = runProcess(process.execPath, [COMMAND, 'no-such.tsv']);
  expect([missing.status, missing.stderr]).toEqual([2, 'error: no-such.tsv does not exist\n']);
  expect(runProcess(process.execPath, [COMMAND]).status).toBe(2);
});

test('judgements of the reader are given to the stage that answers, wherever they lie', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const pipe = (set: string) =>
    runProcess(
      process.execPath,
      [join(root, 'src/pipe/loader/pipe.mjs'), 'run', 'dimension', '--dry-run', '--set', set],
      { cwd: root },
    );
  const { path } = given('mine.tsv', TEXT);
  const planned = pipe(`dimension.judgements=${path}`);
  expect([planned.status, planned.stderr]).toEqual([0, '']);
  expect(planned.stdout).toMatch(/^.*judgements/m);
  const missing = pipe('dimension.judgements=no-such.tsv');
  expect(missing.status).toBe(2);
  expect(missing.stderr.match(/error:/g)).toHaveLength(1);
  expect(missing.stderr).toContain(
    "input 'judgements' of stage 'dimension' is missing: there is no no-such.tsv",
  );
});
