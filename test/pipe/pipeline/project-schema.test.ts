import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type JsonSchema, openParams } from '../../../src/pipe/pipeline/open-params.ts';
import {
  type ProjectParts,
  renderProjectSchema,
} from '../../../src/pipe/pipeline/project-schema.ts';

const tree = z.strictObject({
  weight: z.number(),
  get below() {
    return z.array(tree).optional();
  },
});

const params = z.strictObject({
  steps: z.int().positive(),
  encoder: z.strictObject({ layers: z.int(), width: z.int() }),
  optimizer: z.discriminatedUnion('name', [
    z.strictObject({ name: z.literal('sgd'), rate: z.number() }),
    z.strictObject({ name: z.literal('adam'), rate: z.number(), decay: z.number() }),
  ]),
  phases: z.array(z.strictObject({ steps: z.int() })),
  rate: z.string().transform(Number),
  tree: tree.optional(),
});

const PARTS: ProjectParts = {
  stages: [
    {
      name: 'train',
      description: 'stages/train.ts',
      inputs: ['deck'],
      params: openParams(
        params.toJSONSchema({ io: 'input', target: 'draft-07' }) as unknown as JsonSchema,
      ),
    },
    { name: 'fit', description: 'python3 fit.py' },
  ],
  axes: ['seed'],
  outputs: ['train/weights', 'fit/model'],
  groups: [],
  stageFiles: ['train'],
};

const ajv = new Ajv({ allErrors: true, strict: false });
const validate = ajv.compile(JSON.parse(renderProjectSchema(PARTS)));

/** Where a pipeline file is wrong, by the last steps of its paths. */
function faultsOf(yaml: string): readonly string[] {
  validate(parse(yaml));
  return [...new Set((validate.errors ?? []).map(({ instancePath }) => instancePath))];
}

test.each([
  'stages: { train: { params: { steps: 5 }, inputs: { deck: fit/model } } }',
  'stages: { train: , fit: { command: [x], inputs: { any: train/weights, raw: { files: a.csv } } } }',
  'stages: { train: { params: { encoder: { layers: 2 }, optimizer: { rate: 0.1 }, rate: "1" } } }',
  'stages: { train: { params: { tree: { weight: 1, below: [{ weight: 2, below: [] }] } } } }',
  'stages: { train: { params: { phases: [{ steps: 1 }] } } }',
  // What the files declare is offered, not demanded: they are ahead of the schema.
  'stages: { train: { matrix: [other], inputs: { deck: new/output } }, new: { use: another } }',
  'axes: { seed: [1], other: [2] }\nstages: { new: { params: { a: 1 }, inputs: { b: c/d } } }',
])('it accepts %s', (yaml) => {
  expect(faultsOf(yaml)).toEqual([]);
});

test.each([
  ['stages: { train: { params: { stepz: 5 } } }', '/stages/train/params'],
  ['stages: { train: { params: { steps: many } } }', '/stages/train/params/steps'],
  [
    'stages: { train: { params: { encoder: { layers: 1.5 } } } }',
    '/stages/train/params/encoder/layers',
  ],
  [
    'stages: { train: { params: { optimizer: { name: lion } } } }',
    '/stages/train/params/optimizer/name',
  ],
  ['stages: { train: { params: { phases: [{}] } } }', '/stages/train/params/phases/0'],
  [
    'stages: { train: { params: { tree: { below: [{ weight: x }] } } } }',
    '/stages/train/params/tree/below/0/weight',
  ],
  ['stages: { train: { params: { rate: 1 } } }', '/stages/train/params/rate'],
  ['stages: { train: { inputs: { dekc: fit/model } } }', '/stages/train/inputs'],
  ['stages: { train: { input: {} } }', '/stages/train'],
  [
    'stages: { train: { overrides: [{ when: { seed: 1 }, params: { steps: -1 } }] } }',
    '/stages/train/overrides/0/params/steps',
  ],
  [
    'stages: { train: }\nprofiles: { ci: { stages: { train: { params: { steps: x } } } } }',
    '/profiles/ci/stages/train/params/steps',
  ],
])('it finds what is wrong with %s', (yaml, path) => {
  expect(faultsOf(yaml)).toContain(path);
});
