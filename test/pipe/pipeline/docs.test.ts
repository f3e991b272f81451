import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { groupFile, readPipelineFiles } from '../../../src/pipe/pipeline/files.ts';
import { parsePipeline } from '../../../src/pipe/pipeline/parse.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

test('the pipeline files of this project have no mistakes', () => {
  const files = readPipelineFiles(fileURLToPath(root));
  if ('message' in files) throw new Error(files.message);
  const spec = parsePipeline('pipeline.yaml', files.text, files.groups);
  expect('stages' in spec ? [] : spec).toEqual([]);
});

test('the examples of docs/pipeline.md have no mistakes', () => {
  const examples = [...read('docs/pipeline.md').matchAll(/```yaml\n(.*?)```/gs)];
  expect(examples.length).toBeGreaterThan(2);
  const groups = { [groupFile('studies')]: 'stages: { rank: }' };
  for (const [, example] of examples) {
    const spec = parsePipeline('example', example, groups);
    expect('stages' in spec ? [] : spec).toEqual([]);
  }
});

test.each(['make', 'dvc', 'snakemake'])(
  'the pipeline of docs/from-%s.md has no mistakes',
  (name) => {
    const [[, example]] = [...read(`docs/from-${name}.md`).matchAll(/```yaml\n(.*?)```/gs)];
    const spec = parsePipeline('example', example, {});
    expect('stages' in spec ? [...spec.stages.keys()] : spec).toEqual(['clean', 'fit', 'plot']);
  },
);
