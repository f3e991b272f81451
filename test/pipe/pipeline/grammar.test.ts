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

/** The keys that the parser knows, by its own complaint about one that it does not. */
function knownKeys(text: string): readonly string[] {
  const spec = parsePipeline('p', text);
  const hint = 'stages' in spec ? '' : (spec[0].hint ?? '');
  return [...hint.matchAll(/'([^']+)'/g)].map(([, key]) => key).sort();
}

test.each([
  ['the pipeline', 'zzzzzzzzzz: 1\nstages: { s: }', schema.properties],
  ['a stage', 'stages: { s: { zzzzzzzzzz: 1 } }', schema.definitions.stage.properties],
  [
    'resources',
    'stages: { s: { resources: { zzzzzzzzzz: 1 } } }',
    schema.definitions.resources.properties,
  ],
  [
    'a profile',
    'stages: { s: }\nprofiles: { p: { zzzzzzzzzz: 1 } }',
    schema.definitions.profile.properties,
  ],
])('the schema has the keys of %s that the parser knows', (_, text, properties) => {
  expect(Object.keys(properties).sort()).toEqual(knownKeys(text));
});
