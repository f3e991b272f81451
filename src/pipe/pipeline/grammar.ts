import { z } from 'zod';
import type { Json } from '../core/json.ts';
import { wording } from '../yaml/validate.ts';
import { durationOf, sizeOf } from './units.ts';

/** Names of stages, axes and profiles; they become parts of paths and of selectors. */
export const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** Values of axes; they become parts of folder names and of selectors. */
const VALUE = /^[A-Za-z0-9_+-][A-Za-z0-9_.+-]{0,63}$/;
const DURATION = /^(\d+(\.\d+)?(ms|s|m|h|d))+$/;
const SIZE = /^\d+(\.\d+)? ?(B|[kKMGT]B|[KMGT]iB)$/;

/** Params of a stage, checked later by the stage's own schema. */
export type Params = Readonly<Record<string, Json>>;

function name(of: string) {
  const error = ({ input }: { readonly input?: unknown }) =>
    typeof input === 'string' ? `'${input}' is not a valid name for ${of}` : undefined;
  return z.string().regex(NAME, { error }).register(wording, {
    fix: 'start with a letter; use only letters, digits, - and _; at most 64 characters',
  });
}

/** A mapping from names to values of one kind; the names must differ in more than case. */
function named<T extends z.ZodType>(kind: string, value: T, key = name(withArticle(kind))) {
  return z
    .record(key, value)
    .superRefine((record, context) => {
      const seen = new Map<string, string>();
      for (const key of Object.keys(record)) {
        const twin = seen.get(key.toLowerCase());
        seen.set(key.toLowerCase(), key);
        if (twin === undefined) continue;
        const message = `'${key}' and '${twin}' differ only in case`;
        const params = { isOfKey: true, fix: 'some file systems ignore case: rename one' };
        context.addIssue({ code: 'custom', path: [key], message, params });
      }
    })
    .register(wording, { entry: kind });
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** A list of strings that differ in more than case. */
function unique(item: z.ZodString, words: { readonly item: string; readonly fix: string }) {
  return z
    .array(item)
    .superRefine((list, context) => {
      const lower = list.map((one) => one.toLowerCase());
      for (const [i, one] of list.entries()) {
        if (lower.indexOf(one.toLowerCase()) === i) continue;
        const message = `'${one}' is listed twice`;
        context.addIssue({ code: 'custom', path: [i], message, params: { fix: 'remove one' } });
      }
    })
    .register(wording, words)
    .meta({ uniqueItems: true });
}

const COORDINATE = {
  expected: 'a string or a number',
  fix: 'values name folders: use only letters, digits and _ . + -; no leading dot; at most 64 characters',
};

const coordinate = z
  .union([
    z.number(),
    z.string().regex(VALUE, { error: ({ input }) => `'${input}' is not valid as {}` }),
  ])
  .register(wording, COORDINATE)
  .meta({ id: 'coordinate' });

const point = z
  .union([
    coordinate,
    named('coordinate', coordinate)
      .refine((record) => Object.keys(record).length > 0, {
        error: '{} is an empty mapping',
        params: { fix: 'remove it' },
      })
      .meta({ minProperties: 1 }),
  ])
  .register(wording, COORDINATE);

export const axis = z
  .array(point)
  .min(1)
  .register(wording, { fix: 'write its values in brackets: [1, 2]' })
  .meta({
    id: 'axis',
    description: 'Values, or records that set several coordinates together.',
  });

const when = z
  .record(
    z.string(),
    z
      .union([coordinate, z.array(coordinate).min(1)])
      .transform((values) => (Array.isArray(values) ? values : [values]))
      .register(wording, COORDINATE),
  )
  .refine((record) => Object.keys(record).length > 0, {
    error: '{} is empty and would match every instance',
  })
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

/** Milliseconds. */
const duration = z
  .string()
  .regex(DURATION)
  .transform(durationOf)
  .refine(isPositive)
  .register(wording, {
    expected: 'a duration',
    fix: 'write a number and a unit: 90s, 30m, 1h30m',
  });

/** Bytes. */
const size = z.string().regex(SIZE).transform(sizeOf).refine(isPositive).register(wording, {
  expected: 'a size',
  fix: 'write a number and a unit: 512MB, 4GB, 1.5GiB',
});

const count = z.int().min(0).register(wording, { expected: 'a whole number of at least 0' });

function isPositive(value: number): boolean {
  return value > 0 && Number.isSafeInteger(Math.ceil(value));
}

const resources = z
  .strictObject({
    cpus: z
      .number()
      .min(0.01)
      .register(wording, { expected: 'a number of at least 0.01' })
      .describe('Cores; default 1.')
      .exactOptional(),
    memory: size.describe('E.g. 512MB, 4GB, 1.5GiB.').exactOptional(),
    gpus: count.describe('GPUs; default 0.').exactOptional(),
  })
  .register(wording, { fix: 'resources: { cpus: 1, memory: 2GB }' })
  .meta({ id: 'resources', description: 'What an instance needs while it runs.' });

const stage = z
  .strictObject({
    use: name('a stage file')
      .describe('Name of the stage file, if it differs from the name of the stage: use: train.')
      .optional(),
    matrix: unique(z.string(), {
      item: 'an axis in a matrix',
      fix: 'matrix: [game, seed], or matrix: [] for a single instance',
    })
      .describe('Axes to run over; default: all axes of the stages it reads from.')
      .optional(),
    exclude: z
      .array(when)
      .register(wording, { item: 'an exclusion', fix: 'exclude: [{ game: set, dim: [16, 20] }]' })
      .describe('Combinations of coordinates to leave out.')
      .default([]),
    inputs: named(
      'input',
      z
        .string()
        .regex(/^[^/]+\/[^/]+$/)
        .register(wording, { expected: 'of the form <stage>/<output>' }),
    )
      .register(wording, { entry: 'input', fix: 'inputs: { weights: train/weights }' })
      .describe('Input of the contract -> <stage>/<output>.')
      .default({}),
    params: params
      .register(wording, { fix: 'params: { steps: 1000 }' })
      .describe("Checked by the stage's own schema.")
      .optional(),
    overrides: z
      .array(override)
      .register(wording, {
        item: 'an override',
        fix: 'overrides: [{ when: { game: union }, params: { steps: 1600 } }]',
      })
      .default([]),
    resources: resources.default({}),
    timeout: duration
      .describe('Time after which a running instance is stopped: 90s, 30m, 1h30m.')
      .optional(),
    retries: count.describe('How often a failed instance is retried; default 0.').optional(),
    backoff: duration
      .describe('Delay before the first retry, doubled for each further one; default 1s.')
      .optional(),
  })
  .register(wording, { fix: 'indent its settings below it' })
  .meta({ id: 'stage' });

/** `--set axes.seed=1` would be ambiguous. */
const stageName = name('a stage').refine((text) => text !== 'axes', {
  error: "a stage cannot be named 'axes'",
  params: { fix: 'rename it' },
});

/** `name:` without settings declares a stage, too. */
const stages = named('stage', orEmpty(stage), stageName).register(wording, {
  entry: 'stage',
  fix: 'indent each stage below it',
});
const axes = named('axis', axis).register(wording, {
  entry: 'axis',
  fix: 'indent each axis below it',
});

const profile = z
  .strictObject({
    axes: axes.describe('Axes that replace those of the pipeline.').default({}),
    stages: stages.describe('Changes to stages of the pipeline; params are merged.').default({}),
  })
  .register(wording, { fix: 'ci: { stages: { ... } }' })
  .meta({ id: 'profile' });

/** The file of a group. */
export const groupSchema = z
  .strictObject({
    axes: axes.describe('Lists of values that multiply stages into instances.').default({}),
    stages: stages
      .refine((record) => Object.keys(record).length > 0, { error: 'there are no stages' })
      .describe('Steps of the study; stages/<name>.ts implements each.')
      .meta({ minProperties: 1 }),
    profiles: named('profile', orEmpty(profile))
      .register(wording, { entry: 'profile', fix: 'indent each profile below it' })
      .describe('Named changes to the pipeline, chosen with --profile.')
      .default({}),
  })
  .register(wording, { fix: 'stages: { my-stage: { params: {} } }' });

/** pipeline.yaml */
export const pipelineSchema = groupSchema
  .extend({
    groups: unique(name('a group'), {
      item: 'a group',
      fix: 'groups: [studies] reads stages/studies/group.yaml',
    })
      .describe(
        'Groups of further stages, declared in stages/<group>/group.yaml, that run only when named. In pipeline.yaml only.',
      )
      .default([]),
    doctor: name('a stage file')
      .describe(
        'Name of the file in stages/ whose default export adds checks to pipe doctor. In pipeline.yaml only.',
      )
      .optional(),
  })
  .register(wording, { fix: 'stages: { my-stage: { params: {} } }' });

export type AxisValue = z.infer<typeof point>;
export type When = Readonly<z.infer<typeof when>>;
export type StageDeclaration = z.infer<typeof stage>;
export type GroupDeclaration = z.infer<typeof groupSchema>;
export type PipelineDeclaration = z.infer<typeof pipelineSchema>;

/** `key:` without a value is an empty mapping. */
function orEmpty<T extends z.ZodObject>(schema: T) {
  return schema.nullable().transform((value) => value ?? schema.parse({}));
}

/**
 * JSON Schema (draft 7, which YAML editors support) of pipeline.yaml, as committed in
 * docs/pipeline.schema.json. References between parts of the files are checked only by `pipe`.
 */
export function renderSchema(): string {
  const schema = z.toJSONSchema(pipelineSchema.meta({ title: 'pipeline.yaml' }), {
    target: 'draft-07',
    io: 'input',
    // Editors would insert them.
    override: ({ jsonSchema }) => {
      delete jsonSchema.default;
    },
  });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
