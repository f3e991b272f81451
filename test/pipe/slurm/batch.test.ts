import { expect, test } from 'vitest';
import { classOf, limitOf, needsOf, submissionOf } from '../../../src/pipe/slurm/batch.ts';
import { agentsFor } from '../../../src/pipe/slurm/need.ts';
import { DEFAULT_SITE, parseSite } from '../../../src/pipe/slurm/site.ts';
import { parseQueue } from '../../../src/pipe/slurm/slurm-commands.ts';
import { depthOf } from '../../../src/pipe/slurm/work.ts';
import type { Job } from '../../../src/pipe/workers/executor.ts';

const JOB: Job = {
  instance: 'train',
  module: 'train',
  env: {},
  params: {},
  inputs: {},
  folder: '/p/out',
  outputs: {},
  checkpoint: '/p/checkpoint',
  log: '/p/log',
  attempt: 1,
  threads: 4,
  gpus: 2,
  memory: 3e9,
  time: 3_600_000,
  timeout: undefined,
};

const SETTINGS = {
  folder: "/it's 100% here/slurm",
  batch: 'ab',
  root: '/p',
  stages: '/p/cache/code/x/stages',
  idle: 1,
  grace: 1,
  lease: 1,
};

test('what a stage needs becomes options of sbatch, and what the site says with it', () => {
  const site = parseSite('s', 'account: physics\ngpu: --gpus={n}\nextra: [--constraint=avx512]\n');
  const needs = needsOf(JOB, site, false);
  const { options } = submissionOf(
    { id: 'ab', needs, size: 3 },
    'pipe-1',
    20,
    '/agent.js',
    SETTINGS,
    site,
  );
  expect(options).toEqual([
    '--array=0-2%20',
    '--job-name=pipe-1',
    '--comment=ab',
    '--no-requeue',
    '--nodes=1',
    '--ntasks=1',
    '--cpus-per-task=4',
    // With 200 MB for the agent.
    `--mem=${Math.ceil(3.2e9 / 2 ** 20)}M`,
    '--gpus=2',
    // An hour for an instance, and ten minutes for which it takes new ones.
    '--time=70',
    '--signal=B:USR2@120',
    '--chdir=/p',
    "--output=/it's 100%% here/slurm/log/ab-%a.log",
    '--open-mode=append',
    '--account=physics',
    '--constraint=avx512',
  ]);
  expect(limitOf(needs, site)).toBe(4_200_000);
});

test('the script quotes what the shell would take for its own, and ends by becoming the agent', () => {
  const site = parseSite('s', 'node: /opt/node\nscratch: /local/$USER\n');
  const needs = needsOf(JOB, site, false);
  const { script } = submissionOf(
    { id: 'ab', needs, size: 1 },
    'p',
    1,
    '/agent.js',
    SETTINGS,
    site,
  );
  const lines = script.split('\n');
  expect(lines.slice(0, 3)).toEqual([
    '#!/bin/sh',
    'export TMPDIR="/local/$USER"',
    expect.stringMatching(/^mkdir -p "\$TMPDIR" /),
  ]);
  expect(lines[3]).toMatch(
    /^exec '\/opt\/node' '\/agent\.js' '\{"folder":"\/it'\\''s 100% here\/slurm"/,
  );
});

test('memory is that of the stage or else of the site, and twice as much once it ran out', () => {
  const { memory: _, ...frugal } = JOB;
  const site = parseSite('s', 'memory: 1GB');
  expect(needsOf(frugal, DEFAULT_SITE, false).memory).toBe(0);
  expect(needsOf(frugal, site, false).memory).toBe(1e9);
  expect(needsOf(JOB, site, true).memory).toBe(6e9);
  expect(classOf(needsOf(JOB, site, true))).not.toBe(classOf(needsOf(JOB, site, false)));
});

test('short instances share an agent, long and unknown ones have one each', () => {
  const behind = { count: 0, seconds: 0 };
  const many = (count: number, seconds: number | undefined) =>
    Array.from({ length: count }, () => ({ seconds, behind }));
  expect(agentsFor(many(7, 1))).toBe(1);
  expect(agentsFor(many(100, 1))).toBe(5);
  expect(agentsFor(many(7, 3600))).toBe(7);
  expect(agentsFor(many(7, undefined))).toBe(7);
  expect(agentsFor([{ seconds: 1, behind: { count: 9999, seconds: 9999 } }])).toBe(500);
  expect(agentsFor([])).toBe(0);
});

test('an agent is given several short instances, so that it need not wait for orders', () => {
  expect([undefined, 3600, 10, 1, 0.1, 0].map(depthOf)).toEqual([1, 1, 2, 3, 16, 16]);
});

test('the queue is read line by line', () => {
  expect(parseQueue('7_3|RUNNING|n1|ab|None\n8|PENDING||cd|(Resources) x|y\n\n')).toEqual([
    { id: '7_3', state: 'RUNNING', node: 'n1', batch: 'ab', reason: 'None' },
    { id: '8', state: 'PENDING', node: '', batch: 'cd', reason: '(Resources) x|y' },
  ]);
});
