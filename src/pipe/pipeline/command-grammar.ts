import * as z from 'zod';
import { named, unique } from './grammar-parts.ts';

/** Names of environment variables. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SHA256 = /^[0-9a-f]{64}$/;

const produced = z
  .string()
  .regex(/^[^/]+\/[^/]+$/)
  .meta({ expected: 'of the form <stage>/<output>' });

export const raw = z
  .strictObject({
    files: z
      .string()
      .min(1)
      .meta({
        description:
          'A file, a folder, or a pattern such as data/*.csv, from the root of the project; {axis} stands for a coordinate.',
        fix: 'files: data/train.csv',
      })
      .exactOptional(),
    url: z
      .string()
      .regex(/^https?:\/\/[^/]/)
      .meta({
        description: 'An address to fetch the file from, once.',
        expected: 'an address that begins with https:// or http://',
      })
      .exactOptional(),
    sha256: z
      .string()
      .regex(SHA256)
      .meta({
        description: 'SHA-256 of the content of the url.',
        expected: 'a SHA-256 in 64 lower-case hexadecimal digits',
        fix: 'curl -sL URL | sha256sum prints it; in quotes, as YAML takes digits alone for a number',
      })
      .exactOptional(),
    as: z
      .string()
      .regex(/^[^./]+\.[^/]+$/)
      .meta({
        description: 'The raw input of another stage, <stage>.<input>: reads what that one reads.',
        expected: 'of the form <stage>.<input>',
        fix: 'as: fit.table',
      })
      .exactOptional(),
  })
  .refine((raw) => [raw.files, raw.url, raw.as].filter((one) => one !== undefined).length === 1, {
    error: '{} needs either files or a url',
    params: { fix: '{ files: data/train.csv }, or { url: https://..., sha256: ... }' },
  })
  .refine(({ url, sha256 }) => url !== undefined || sha256 === undefined, {
    error: '{} has a sha256, which is for a url',
    params: { fix: 'remove it: the content of files is hashed whenever they change' },
  })
  .refine(({ url, sha256 }) => url === undefined || sha256 !== undefined, {
    error: '{} has a url without the sha256 of its content',
    params: { fix: 'add sha256: ...; curl -sL URL | sha256sum prints it' },
  })
  .meta({
    id: 'raw',
    description: 'A raw input: files, or a url with its sha256.',
    fix: '{ files: data/train.csv }, or { url: https://..., sha256: ... }',
  });

export type RawDeclaration = z.infer<typeof raw>;

/** What an input reads: an output of a stage, or raw data. */
export const input = z.union([produced, raw]).meta({
  expected: 'of the form <stage>/<output>, or { files: ... }',
});

const words = z.array(z.string()).min(1);

const WORDS = { fix: 'write its words in brackets: [python3, scripts/fit.py]' };

/** The keys of a stage that make it a command, and `env`, which all stages have. */
export const commandKeys = {
  command: words.optional().meta({
    description:
      'A program and its arguments, run without a shell instead of stages/<name>.ts. {inputs.NAME}, {outputs.NAME}, {params.NAME}, {checkpoint} and {AXIS} are filled in.',
    ...WORDS,
  }),
  code: unique(z.string().min(1)).optional().meta({
    description:
      'Files, folders and patterns of the code that the command runs: their content is in its key.',
    item: 'a pattern of code',
    fix: 'code: [scripts/fit.py, scripts/lib/**/*.py]',
  }),
  tools: z.array(words.meta(WORDS)).optional().meta({
    description: 'Commands whose output is in the key, such as the version of a program.',
    item: 'a tool',
    fix: 'tools: [[python3, --version]]',
  }),
  schema: z.string().min(1).optional().meta({
    description: 'A file with the JSON Schema of the params.',
    fix: 'schema: scripts/fit.schema.json',
  }),
  outputs: named('output', z.string().meta({ expected: 'a file name' }))
    .optional()
    .meta({
      description: 'Output of the command -> its file, or its folder with a slash at the end.',
      fix: 'outputs: { model: model.bin, report: report/ }',
    }),
  metrics: z.string().optional().meta({
    description:
      'A JSON file with numbers that the command writes: its headline metrics. It is also an output, named metrics.',
    fix: 'metrics: metrics.json',
  }),
  env: unique(z.string().regex(VARIABLE).meta({ expected: 'the name of an environment variable' }))
    .optional()
    .meta({
      description: 'Environment variables that the stage sees; their values are in its key.',
      item: 'an environment variable',
      fix: 'env: [OMP_NUM_THREADS]',
    }),
};
