import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Cache } from '../../../../src/pipe/cache/cache.ts';
import { PipeProject } from '../pipe.ts';

/** Writes the sum of what it reads and its param, which is also its headline metric. */
const source = `
  import { readFileSync, writeFileSync } from 'node:fs';
  import { noise } from './lib/noise.ts';
  export default {
    params: { shape: { x: true }, safeParse: (data: unknown) => ({ success: true, data }) },
    inputs: {},
    outputs: { out: 'out.txt' },
    headline: ({ out }: any) => ({ total: { value: Number(readFileSync(out, 'utf8')), within: 0.5 } }),
    run: ({ params, outputs }: any) => writeFileSync(outputs.out, String(params.x + noise())),
  };`;
const dependant = source
  .replace('inputs: {}', "inputs: { from: 'one' }")
  .replace('run: ({ params,', 'run: ({ inputs,')
  .replace('params.x', "2 * Number(readFileSync(inputs.from.path, 'utf8'))");
const pipeline = (x: number) => `
stages:
  source: { params: { x: ${x} } }
  double: { inputs: { from: source/out } }
profiles: { small: { stages: { source: { params: { x: 1 } } } } }
`;
const QUIET = 'export const noise = () => 0;';
const project = new PipeProject({
  'stages/source.ts': source,
  'stages/double.ts': dependant,
});
const lockFile = join(project.root, 'pipeline.lock.yaml');
afterAll(() => project.remove());

let accepted: string;
beforeAll(() => {
  project.write('pipeline.yaml', pipeline(3));
  project.write('stages/lib/noise.ts', QUIET);
  expect(project.pipe('run').status).toBe(0);
  const { stdout } = project.pipe('accept');
  expect(stdout).toContain('accepted 2 results of profile default; commit pipeline.lock.yaml');
  accepted = readFileSync(lockFile, 'utf8');
}, 120_000);
beforeEach(() => {
  project.write('pipeline.lock.yaml', accepted);
  project.write('pipeline.yaml', pipeline(3));
  project.write('stages/lib/noise.ts', QUIET);
});

test('an unchanged project matches the lock file, also from scratch, and accepting it writes nothing', () => {
  expect(accepted).toContain('metrics: {"total":6}');
  const said = 'results match pipeline.lock.yaml: same metrics, same bytes';
  expect(project.pipe('run', '--frozen')).toMatchObject({ status: 0 });
  project.forget();
  const { stdout, status } = project.pipe('run', '--frozen');
  expect(stdout).toContain(said);
  expect(status).toBe(0);
  expect(project.pipe('accept').stdout).toContain('nothing to accept');
  expect(readFileSync(lockFile, 'utf8')).toBe(accepted);
}, 120_000);

test('a changed param is reported with the metrics that it moved, and can be accepted', () => {
  project.write('pipeline.yaml', pipeline(5));
  const dry = project.pipe('run', '--frozen', '--dry-run');
  expect(dry.stdout).toBe('source: params.x 3 -> 5\n');
  expect(dry.status).toBe(1);
  const { stdout, stderr, status } = project.pipe('run', '--frozen');
  expect(stdout.split('\n').slice(-4, -1)).toEqual([
    'source: params.x 3 -> 5',
    'source: total 3 -> 5 (tolerance 0.5)',
    'double: total 6 -> 10 (tolerance 0.5)',
  ]);
  expect(stderr).toContain('3 differences from pipeline.lock.yaml, profile default');
  expect(stderr).toContain('accept them: npx pipe run && npx pipe accept');
  expect(status).toBe(1);
  expect(project.pipe('accept').status).toBe(0);
  expect(project.pipe('run', '--frozen').status).toBe(0);
}, 120_000);

test('on another type of machine metrics count within their tolerance, and bytes do not', () => {
  const elsewhere = accepted.replace(/machine: .*/, 'machine: "another"');
  // Sums and digests as that machine's rounding might have them.
  const rounded = elsewhere
    .replace(/"total":(\d)/g, '"total":$1.25')
    .replace(/"out":"..../g, '"out":"0000');
  project.write('pipeline.lock.yaml', rounded);
  project.pipe('run');
  const { stdout, stderr } = project.pipe('run', '--frozen');
  // The key of the second was made with the digest that was replaced.
  expect(stdout).toBe('nothing to do: 2 instances current\ndouble: inputs changed\n');
  expect(stderr).toContain('1 difference');
}, 120_000);

test('bytes made on another type of machine, from a shared cache, do not count', async () => {
  project.forget();
  project.pipe('run');
  const { actions } = new Cache(project.root);
  for (const record of [...actions.records()].filter(({ instance }) => instance === 'double')) {
    const fingerprint = actions.fingerprint(record.key);
    if (fingerprint !== undefined)
      await actions.add({ ...record, machine: 'elsewhere' }, fingerprint);
  }
  expect(project.pipe('run', '--frozen').stdout).toContain(
    'bytes not compared for 1 of 2 instances, made on another type of machine',
  );
  project.remove('pipeline.lock.yaml');
  expect(project.pipe('accept').status).toBe(0);
  expect(readFileSync(lockFile, 'utf8')).toContain('machine: "several types of machines"');
  expect(project.pipe('run', '--frozen').stdout).toContain('; bytes not compared');
  project.forget();
  project.pipe('run');
}, 120_000);

test('a stage that produces different bytes from the same inputs is reported', () => {
  project.write('stages/lib/noise.ts', 'export const noise = () => Date.now() % 1000 / 1e6;');
  project.pipe('run');
  expect(project.pipe('run', '--frozen', '--dry-run').stdout).toBe(
    'source: stages/lib/noise.ts edited\ndouble: stages/lib/noise.ts edited\n',
  );
  project.pipe('accept');
  project.forget();
  const { stdout, status } = project.pipe('run', '--frozen');
  expect(stdout).toMatch(
    /source: output 'out' [0-9a-f]{12} -> [0-9a-f]{12}, from the same code, params and inputs/,
  );
  expect(status).toBe(1);
}, 120_000);

test('without accepted or current results the message says how to make them', () => {
  expect(project.pipe('run', '--frozen', '--profile', 'small')).toMatchObject({
    stderr: expect.stringContaining(
      'npx pipe run --profile small && npx pipe accept --profile small',
    ),
    status: 2,
  });
  expect(existsSync(join(project.root, 'artifacts/source/out.txt'))).toBe(true);
  const { stderr, status } = project.pipe('accept', '--profile', 'small');
  expect(stderr).toContain('cannot accept: source and 1 more must run first');
  expect(stderr).toContain('fix: npx pipe run --profile small');
  expect(status).toBe(1);
}, 120_000);
