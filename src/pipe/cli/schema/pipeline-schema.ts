import type { Json } from '../../core/json.ts';
import { VALUE } from '../../pipeline/parse-axis.ts';
import { DURATION, SIZE } from '../../pipeline/units.ts';
import { NAME } from '../../yaml/checker.ts';

/**
 * JSON Schema (draft 7, which YAML editors support) of pipeline.yaml and group.yaml, for completion and
 * checks while typing. References between parts of the files are checked only by `pipe`.
 */
export function pipelineSchema(): Json {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'pipeline.yaml',
    type: 'object',
    additionalProperties: false,
    required: ['stages'],
    properties: {
      groups: {
        description:
          'Groups of further stages, declared in stages/<group>/group.yaml, that run only when named. In pipeline.yaml only.',
        type: 'array',
        uniqueItems: true,
        items: { type: 'string', pattern: NAME.source },
      },
      doctor: {
        description:
          'Name of the file in stages/ whose default export adds checks to pipe doctor. In pipeline.yaml only.',
        type: 'string',
        pattern: NAME.source,
      },
      axes: {
        description: 'Lists of values that multiply stages into instances.',
        ...named({ $ref: '#/definitions/axis' }),
      },
      stages: {
        description: 'Steps of the study; stages/<name>.ts implements each.',
        ...named({ $ref: '#/definitions/stage' }),
        minProperties: 1,
      },
      profiles: {
        description: 'Named changes to the pipeline, chosen with --profile.',
        ...named({ anyOf: [{ type: 'null' }, { $ref: '#/definitions/profile' }] }),
      },
    },
    definitions: { coordinate, axis, stage, when, override, resources, profile },
  };
}

/** A mapping from names to values of one kind. */
function named(value: Json): { readonly [key: string]: Json } {
  return {
    type: 'object',
    propertyNames: { pattern: NAME.source },
    additionalProperties: value,
  };
}

const coordinate: Json = {
  anyOf: [{ type: 'number' }, { type: 'string', pattern: VALUE.source }],
};

const axis: Json = {
  description: 'Values, or records that set several coordinates together.',
  type: 'array',
  minItems: 1,
  items: {
    anyOf: [
      { $ref: '#/definitions/coordinate' },
      { ...named({ $ref: '#/definitions/coordinate' }), minProperties: 1 },
    ],
  },
};

const when: Json = {
  description: 'Coordinate -> a value or a list of values.',
  type: 'object',
  minProperties: 1,
  additionalProperties: {
    anyOf: [
      { $ref: '#/definitions/coordinate' },
      { type: 'array', minItems: 1, items: { $ref: '#/definitions/coordinate' } },
    ],
  },
};

const override: Json = {
  description: 'Params for the instances that match when; later overrides win.',
  type: 'object',
  additionalProperties: false,
  required: ['when', 'params'],
  properties: {
    when: { $ref: '#/definitions/when' },
    params: { type: 'object' },
  },
};

const resources: Json = {
  description: 'What an instance needs while it runs.',
  type: 'object',
  additionalProperties: false,
  properties: {
    cpus: { description: 'Cores; default 1.', type: 'number', minimum: 0.01 },
    memory: { description: 'E.g. 512MB, 4GB, 1.5GiB.', type: 'string', pattern: SIZE.source },
    gpus: { description: 'GPUs; default 0.', type: 'integer', minimum: 0 },
  },
};

const stage: Json = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    use: {
      description: 'Name of the stage file, if it differs from the name of the stage: use: train.',
      type: 'string',
      pattern: NAME.source,
    },
    matrix: {
      description: 'Axes to run over; default: all axes of the stages it reads from.',
      type: 'array',
      uniqueItems: true,
      items: { type: 'string', pattern: NAME.source },
    },
    exclude: {
      description: 'Combinations of coordinates to leave out.',
      type: 'array',
      items: { $ref: '#/definitions/when' },
    },
    inputs: {
      description: 'Input of the contract -> <stage>/<output>.',
      ...named({ type: 'string', pattern: '^[^/]+/[^/]+$' }),
    },
    params: { description: "Checked by the stage's own schema.", type: 'object' },
    overrides: { type: 'array', items: { $ref: '#/definitions/override' } },
    resources: { $ref: '#/definitions/resources' },
    timeout: {
      description: 'Time after which a running instance is stopped: 90s, 30m, 1h30m.',
      type: 'string',
      pattern: DURATION.source,
    },
    retries: {
      description: 'How often a failed instance is retried; default 0.',
      type: 'integer',
      minimum: 0,
    },
    backoff: {
      description: 'Delay before the first retry, doubled for each further one; default 1s.',
      type: 'string',
      pattern: DURATION.source,
    },
  },
};

const profile: Json = {
  type: 'object',
  additionalProperties: false,
  properties: {
    axes: {
      description: 'Axes that replace those of the pipeline.',
      ...named({ $ref: '#/definitions/axis' }),
    },
    stages: {
      description: 'Changes to stages of the pipeline; params are merged.',
      ...named({ $ref: '#/definitions/stage' }),
    },
  },
};

/** As committed in docs/pipeline.schema.json. */
export function renderSchema(): string {
  return `${JSON.stringify(pipelineSchema(), null, 2)}\n`;
}
