import { expect, test } from 'vitest';
import { explainRefusal } from '../../../src/pipe/slurm/refusal.ts';
import { parseSite } from '../../../src/pipe/slurm/site.ts';

const NEEDS = { cpus: 4, memory: 400e9, gpus: 2, time: 3_600_000 };

/** Slurm's words after `Batch job submission failed:`, and what the fix has to name. */
const WORDS = [
  ['Invalid partition name specified', '`partition`'],
  ['Invalid account or account/partition combination specified', '`account`'],
  ['Invalid qos specification', '`qos`'],
  ['Requested time limit is invalid (missing or exceeds some limit)', 'resources.time'],
  ['Memory required by task is not available', 'resources.memory'],
  ['Invalid generic resource (gres) specification', 'resources.gpus'],
  ['CPU count per node can not be satisfied', 'resources.cpus'],
  ['Requested node configuration is not available', 'sinfo -o'],
  ['Invalid job array specification', '`workers`'],
  [
    'Job violates accounting/QOS policy (job submit limit, user size and/or time limits)',
    '`workers`',
  ],
] as const;

test.each(WORDS)('%s: the fix names %s', (words, named) => {
  const { message, hint } = explainRefusal(`sbatch: error: ${words}\n`, NEEDS, parseSite('s', ''));
  expect(message).toBe(
    `sbatch refuses a job with 4 cores, 400 GB of memory, 2 GPUs, 60 minutes: ${words}`,
  );
  expect(hint).toContain(named);
});

test('what the site file asks for is named too, and a fix says to correct what is there', () => {
  const site = parseSite('s', 'partition: fat\nqos: high\nextra: [--exclusive]\n');
  const needs = { cpus: 1, memory: 0, gpus: 0, time: 0 };
  const { message, hint } = explainRefusal('sbatch: Invalid qos specification', needs, site);
  expect(message).toContain('a job with 1 core, partition fat, qos high, --exclusive: ');
  expect(hint).toBe('correct `qos` in the site file');
});
