import * as z from 'zod';
import type { Json } from '../core/json.ts';
import { commandKeys, input } from './command-grammar.ts';
import { isNotEmpty, name, named, orEmpty, unique } from './grammar-parts.ts';
import { isAxisText, MAX_VALUE } from './names.ts';
import { durationOf, sizeOf } from './units.ts';

// What `meta` says besides id and description is for messages; see `Wording`.

const DURATION = /^(\d+(\.\d+)?(ms|s|m|h|d))+$/;
const SIZE = /^\d+(\.\d+)? ?(B|[kKMGT]B|[KMGT]iB)$/;

const COORDINATE = { expected: 'a string or a number', fix: 'write a string or a number' };
const text = z.string().refine(isAxisText, {
  error: ({ input }) => `${JSON.stringify(input)} is not valid as {}`,
  params: { fix: `write 1 to ${MAX_VALUE} characters, none of them a control character` },
});
const coordinate = z
  .union([z.number(), text.meta({ minLength: 1, maxLength: MAX_VALUE })])
  .meta({ id: 'coordinate', ...COORDINATE });

const point = named('coordinate', coordinate)
  .refine(isNotEmpty, { error: '{} is an empty mapping', params: { fix: 'remove it' } })
  .meta({ minProperties: 1 });

const values = z
  .array(z.union([coordinate, point]).meta(COORDINATE))
  .min(1)
  .meta({ description: 'Values, or records that set several coordinates together.' });

const output = z.string().regex(/^[^/]+\/[^/]+$/);

/** By the type of `from`: the keys that go with it, and an example. */
const GENERATED = {
  number: { needed: 'to', other: 'column', fix: '{ from: 1, to: 10, step: 1 }' },
  string: { needed: 'column', other: 'to', fix: '{ from: split/parts, column: name }' },
} as const;

const generated = z
  .strictObject({
    from: z.union([z.number(), output]).meta({
      description: 'The first value; or the table that has the values, as <stage>/<output>.',
      expected: 'a number or of the form <stage>/<output>',
    }),
    to: z.number().exactOptional().meta({ description: 'The last value of a range.' }),
    step: z.number().positive().exactOptional().meta({
      description: 'From one value of a range to the next; default 1.',
      expected: 'a number above 0',
    }),
    column: z.string().min(1).exactOptional().meta({
      description: 'The column of the table that has the values.',
    }),
  })
  .superRefine((declared, { addIssue }) => {
    const kind = typeof declared.from === 'string' ? 'string' : 'number';
    const { needed, other, fix } = GENERATED[kind];
    const what = kind === 'string' ? 'a table' : 'a range';
    const extra = kind === 'string' ? ([other, 'step'] as const) : ([other] as const);
    if (declared[needed] === undefined) {
      addIssue({ code: 'custom', message: `{} has no ${needed}`, params: { fix } });
    }
    for (const key of extra.filter((name) => declared[name] !== undefined)) {
      const message = `values from ${what} have no '${key}'`;
      addIssue({ code: 'custom', path: [key], message, params: { isOfKey: true, fix } });
    }
  })
  .meta({
    description:
      'A range of numbers: { from: 1, to: 10 }; or what a stage found: { from: split/parts, column: name }.',
    oneOf: [{ required: ['to'] }, { required: ['column'] }],
  });

export const axis = z.union([values, generated]).meta({
  id: 'axis',
  expected: 'a list',
  fix: 'write its values in brackets: [1, 2], a range: { from: 1, to: 10 }, or a column: { from: split/parts, column: name }',
});

const coordinates = z
  .union([coordinate, z.array(coordinate).min(1)])
  .transform((values) => (Array.isArray(values) ? values : [values]))
  .meta(COORDINATE);

const when = z
  .record(z.string(), coordinates)
  .refine(isNotEmpty, { error: '{} is empty and would match every instance' })
  .meta({
    id: 'when',
    description: 'Coordinate -> a value or a list of values.',
    minProperties: 1,
  });

const params = z.record(z.string(), z.unknown() as z.ZodType<Json>);

const override = z.strictObject({ when, params }).meta({
  id: 'override',
  description: 'Params for the instances that match when; later overrides win.',
});

function isPositive(number: number): boolean {
  return number > 0 && Number.isSafeInteger(Math.ceil(number));
}

/** In milliseconds. */
function duration(description: string) {
  const text = z.string().regex(DURATION).transform(durationOf).refine(isPositive);
  const fix = 'write a number and a unit: 90s, 30m, 1h30m';
  return text.meta({ description, expected: 'a duration', fix }).optional();
}

function count(description: string) {
  const expected = 'a whole number of at least 0';
  return z.int().min(0).meta({ description, expected, fix: 'e.g. 1' });
}

const cpus = z.number().min(0.01).meta({
  description: 'Cores; default 1.',
  expected: 'a number of at least 0.01',
});

/** In bytes. */
const memory = z.string().regex(SIZE).transform(sizeOf).refine(isPositive).meta({
  description: 'E.g. 512MB, 4GB, 1.5GiB.',
  expected: 'a size',
  fix: 'write a number and a unit: 512MB, 4GB, 1.5GiB',
});

/** In milliseconds. */
const time = z.string().regex(DURATION).transform(durationOf).refine(isPositive).meta({
  description: 'Longest time, for a cluster to plan with: 30m, 4h; elsewhere of no effect.',
  expected: 'a duration',
  fix: 'write a number and a unit: 90s, 30m, 1h30m',
});

const resources = z
  .strictObject({
    cpus: cpus.exactOptional(),
    memory: memory.exactOptional(),
    gpus: count('GPUs; default 0.').exactOptional(),
    time: time.exactOptional(),
  })
  .meta({
    id: 'resources',
    description: 'What an instance needs while it runs.',
    fix: 'resources: { cpus: 1, memory: 2GB }',
  });

const stage = z
  .strictObject({
    use: name('a stage file').optional().meta({
      description: 'Name of the stage file, if it differs from the name of the stage: use: train.',
      fix: 'use: train runs stages/train.ts',
    }),
    matrix: unique(z.string()).optional().meta({
      description: 'Axes to run over; default: all axes of the stages it reads from.',
      item: 'an axis in a matrix',
      fix: 'matrix: [model, seed], or matrix: [] for a single instance',
    }),
    exclude: z.array(when).default([]).meta({
      description: 'Combinations of coordinates to leave out.',
      item: 'an exclusion',
      fix: 'exclude: [{ model: small, seed: [1, 2] }]',
    }),
    ...commandKeys,
    inputs: named('input', input).default({}).meta({
      description:
        'Input -> <stage>/<output>, or a raw input: files of the project, or a download.',
      fix: 'inputs: { weights: train/weights, data: { files: data/train.csv } }',
    }),
    params: params.optional().meta({
      description: "Checked by the stage's own schema.",
      fix: 'params: { steps: 1000 }',
    }),
    overrides: z.array(override).default([]).meta({
      item: 'an override',
      fix: 'overrides: [{ when: { model: small }, params: { steps: 1600 } }]',
    }),
    resources: resources.default({}),
    timeout: duration('Time after which a running instance is stopped: 90s, 30m, 1h30m.'),
    process: z.enum(['own', 'shared']).optional().meta({
      description:
        'shared: instances may run one after the other in a process, whatever its packages keep; default own.',
      fix: 'process: shared',
    }),
    retries: count('How often a failed instance is retried; default 0.').optional(),
    backoff: duration('Delay before the first retry, doubled for each further one; default 1s.'),
  })
  .meta({ id: 'stage', fix: 'indent its settings below it' });

/** `--set axes.seed=1` would be ambiguous. */
const stageName = name('a stage').refine((text) => text !== 'axes', {
  error: "a stage cannot be named 'axes'",
  params: { fix: 'rename it' },
});
const stages = named('stage', orEmpty(stage), stageName);
const axes = named('axis', axis).default({});

const profile = z
  .strictObject({
    axes: axes.meta({ description: 'Axes that replace those of the pipeline.' }),
    stages: stages.default({}).meta({
      description: 'Changes to stages of the pipeline; params are merged.',
    }),
  })
  .meta({ id: 'profile', fix: 'ci: { stages: { ... } }' });

const FILE = { fix: 'stages: { my-stage: { params: {} } }' };

/** The file of a group. */
export const groupSchema = z
  .strictObject({
    axes: axes.meta({ description: 'Lists of values that multiply stages into instances.' }),
    stages: stages.refine(isNotEmpty, { error: 'there are no stages' }).meta({
      description: 'Steps of the pipeline; stages/<name>.ts implements each.',
      minProperties: 1,
    }),
    profiles: named('profile', orEmpty(profile)).default({}).meta({
      description: 'Named changes to the pipeline, chosen with --profile.',
    }),
  })
  .meta(FILE);

export const pipelineSchema = groupSchema
  .extend({
    groups: unique(name('a group')).default([]).meta({
      description:
        'Groups of further stages, declared in stages/<group>/group.yaml, that run only when named. In pipeline.yaml only.',
      item: 'a group',
      fix: 'groups: [studies] reads stages/studies/group.yaml',
    }),
    doctor: name('a stage file').optional().meta({
      description:
        'Name of the file in stages/ whose default export adds checks to pipe doctor. In pipeline.yaml only.',
      fix: 'doctor: checks runs stages/checks.ts',
    }),
    report: name('a stage file').optional().meta({
      description:
        'Name of the file in stages/ whose default export adds pages to pipe report. In pipeline.yaml only.',
      fix: 'report: pages runs stages/pages.ts',
    }),
  })
  .meta({ title: 'pipeline.yaml', ...FILE });

export type AxisDeclaration = z.infer<typeof axis>;
export type AxisValue = z.infer<typeof values>[number];
export type When = z.infer<typeof when>;
export type Params = z.infer<typeof params>;
export type StageDeclaration = z.infer<typeof stage>;
export type GroupDeclaration = z.infer<typeof groupSchema>;

/**
 * JSON Schema (draft 7, which YAML editors support) of pipeline.yaml, as committed in
 * docs/pipeline.schema.json. References between parts of the files are checked only by `pipe`.
 */
export function renderSchema(): string {
  const schema = z.toJSONSchema(pipelineSchema, {
    target: 'draft-07',
    io: 'input',
    override: ({ jsonSchema }) => {
      // Editors would insert the defaults; the others are for messages.
      for (const key of ['default', 'expected', 'fix', 'entry', 'item']) delete jsonSchema[key];
    },
  });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
