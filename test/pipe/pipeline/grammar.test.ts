import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderSchema } from '../../../src/pipe/pipeline/grammar.ts';
import { parsePipeline } from '../../../src/pipe/pipeline/parse.ts';

type Schema = {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly definitions: Readonly<Record<string, Schema>>;
};
const schema = JSON.parse(renderSchema()) as Schema;

test('docs/pipeline.schema.json is current', () => {
  const path = new URL('../../../docs/pipeline.schema.json', import.meta.url);
  // Otherwise: npx pipe schema > docs/pipeline.schema.json
  expect(readFileSync(path, 'utf8')).toBe(renderSchema());
});

test.each([
  ['the pipeline', (key: string) => `${key}: 1\nstages: { s: }`, schema.properties],
  ['a stage', (key: string) => `stages: { s: { ${key}: 1 } }`, schema.definitions.stage.properties],
  [
    'resources',
    (key: string) => `stages: { s: { resources: { ${key}: 1 } } }`,
    schema.definitions.resources.properties,
  ],
  [
    'a profile',
    (key: string) => `stages: { s: }\nprofiles: { p: { ${key}: 1 } }`,
    schema.definitions.profile.properties,
  ],
])('the schema has keys of %s that the parser knows', (_, textWith, properties) => {
  const complaintsAbout = (key: string) => {
    const spec = parsePipeline('p', textWith(key));
    return 'stages' in spec ? '' : spec.map(({ message }) => message).join();
  };
  expect(complaintsAbout('zzzzzzzzzz')).toContain(`unknown key 'zzzzzzzzzz'`);
  for (const key of Object.keys(properties)) {
    expect(complaintsAbout(key)).not.toContain('unknown key');
  }
});
