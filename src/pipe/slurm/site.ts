import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { Checker, DiagnosticsError } from '../core/diagnostic.ts';
import { EXIT, RunError } from '../core/errors.ts';
import { durationOf, sizeOf } from '../pipeline/units.ts';
import { readYaml } from '../yaml/read.ts';
import { validate } from '../yaml/validate.ts';

function text(description: string, fix: string) {
  return z.string().min(1).optional().meta({ description, expected: 'a text', fix });
}

function duration(description: string, least: number, fallback: string) {
  return z
    .string()
    .regex(/^(\d+(\.\d+)?(ms|s|m|h|d))+$/)
    .transform(durationOf)
    .refine((value) => value >= least)
    .default(durationOf(fallback))
    .meta({
      description,
      expected: `a duration of at least ${least / 1000} s`,
      fix: `write a number and a unit: ${fallback}`,
    });
}

function lines(description: string, fix: string) {
  return z.array(z.string()).default([]).meta({ description, item: 'a line', fix });
}

const SITE = z
  .strictObject({
    partition: text('Partition to run in; default: that of the cluster.', 'partition: main'),
    account: text('Account that pays.', 'account: my-group'),
    qos: text('Quality of service.', 'qos: normal'),
    time: z
      .string()
      .regex(/^(\d+(\.\d+)?(s|m|h|d))+$/)
      .transform(durationOf)
      .optional()
      .meta({
        description: 'Time limit of a job whose stage declares none.',
        expected: 'a duration',
        fix: 'time: 4h',
      }),
    memory: z
      .string()
      .regex(/^\d+(\.\d+)? ?[kKMGT]?i?B$/)
      .transform(sizeOf)
      .optional()
      .meta({
        description: 'Memory of a job whose stage declares none.',
        expected: 'a size',
        fix: 'memory: 4GB',
      }),
    shared: z.boolean().default(true).meta({
      description: "Whether the nodes see the project's folder; without, `--remote` carries all.",
      expected: 'true or false',
      fix: 'shared: false',
    }),
    double: z.boolean().default(true).meta({
      description: 'Whether what ran out of memory is tried once more with twice as much.',
      expected: 'true or false',
      fix: 'double: false',
    }),
    workers: z.int().min(1).max(10_000).default(100).meta({
      description: 'Jobs in the queue or running at a time, where --jobs does not say it.',
      expected: 'a whole number from 1 to 10000',
      fix: 'workers: 100',
    }),
    idle: duration('How long a job waits for work before it ends.', 1000, '60s'),
    lease: duration('How long a job may be silent before it is given up.', 5000, '2m'),
    grace: duration('How long a stage that is to stop may take to write its checkpoint.', 0, '60s'),
    warning: duration('How long before its time limit a job is to stop.', 10_000, '2m'),
    poll: duration('Time between two questions to Slurm.', 1000, '15s'),
    gpu: z.string().regex(/\{n\}/).default('--gres=gpu:{n}').meta({
      description: 'How GPUs are asked for; {n} is their number.',
      expected: 'an option of sbatch with {n}',
      fix: 'gpu: --gpus={n}',
    }),
    node: text(
      "Path of Node's program on the nodes; default: that of this one.",
      'node: /usr/bin/node',
    ),
    scratch: z
      .string()
      // A relative one would be below the project, where a job starts.
      .regex(/^[/$]/)
      .optional()
      .meta({
        description: 'Folder for temporary files on the nodes.',
        expected: 'a path from the root, or from a variable of the nodes',
        fix: 'scratch: /local/$USER',
      }),
    setup: lines('Lines of shell before the start.', 'setup: [module load nodejs]'),
    extra: lines('More options of sbatch.', "extra: ['--constraint=avx512']"),
  })
  .meta({ fix: 'write a mapping: partition: main' });

/** How a cluster is used: what of it a user has to say. Times in milliseconds, memory in bytes. */
export type Site = z.output<typeof SITE>;

/** What applies without a file. */
export const DEFAULT_SITE: Site = SITE.parse({});

/** Where the user's file is, if there is one. */
export function defaultSiteFile(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_CONFIG_HOME ?? '';
  return join(base === '' ? join(homedir(), '.config') : base, 'shatter', 'slurm.yaml');
}

/**
 * Reads how to use the cluster.
 * @param named the file; by default the user's, which may be missing
 * @throws {RunError} if it cannot be read
 * @throws {DiagnosticsError} on mistakes in it
 */
export function readSite(named: string | undefined): Site {
  const path = named === undefined ? defaultSiteFile() : resolve(named);
  const content = readContent(path);
  if (content !== undefined) return parseSite(path, content);
  if (named === undefined) return DEFAULT_SITE;
  const fix = 'write it: docs/cluster.md describes its keys; an empty one will do';
  throw new RunError(`there is no site file ${path}`, fix, EXIT.usage);
}

/** @returns `undefined` if there is no such file */
function readContent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const faults: Readonly<Record<string, readonly [reason: string, fix: string]>> = {
      EISDIR: ['it is a folder', `name the file in it: --site ${join(path, 'slurm.yaml')}`],
      EACCES: ['permission denied', 'make it, and the folders above it, readable for your user'],
    };
    const [reason, fix] = faults[code] ?? [message, 'make it a file that you can read'];
    throw new RunError(`cannot read the site file ${path}: ${reason}`, fix, EXIT.usage);
  }
}

/** @throws {DiagnosticsError} */
export function parseSite(path: string, content: string): Site {
  const { value, place, diagnostics } = readYaml(path, content);
  if (diagnostics.length > 0) throw new DiagnosticsError(diagnostics);
  if (value === undefined || value === null) return DEFAULT_SITE;
  const check = new Checker();
  const site = validate(check, SITE, { value, place }, 'the site file');
  if (site === undefined) throw new DiagnosticsError(check.diagnostics);
  return site;
}
