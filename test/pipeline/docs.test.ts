import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parsePipeline } from '../../src/pipeline/parse.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the pipeline file of this project has no mistakes', () => {
  const spec = parsePipeline('pipeline.yaml', read('pipeline.yaml'));
  expect('stages' in spec ? [] : spec).toEqual([]);
});

test('the examples of docs/pipeline.md have no mistakes', () => {
  const examples = [...read('docs/pipeline.md').matchAll(/```yaml\n(.*?)```/gs)];
  expect(examples.length).toBeGreaterThan(2);
  for (const [, example] of examples) {
    const spec = parsePipeline('example', example);
    expect('stages' in spec ? [] : spec).toEqual([]);
  }
});
