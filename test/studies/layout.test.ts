import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const studies = readdirSync('src/studies', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test.each(studies)('%s has its files under one name', (study) => {
  const files = [
    ...['study', 'experiment', 'tables', 'claims', 'figure'].map(
      (file) => `src/studies/${study}/${file}.ts`,
    ),
    `stages/studies/${study}.ts`,
    `test/studies/${study}/claims.test.ts`,
    `docs/studies/${study}.md`,
    `docs/studies/${study}.svg`,
  ];
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  expect(readFileSync('docs/studies/README.md', 'utf8')).toContain(`(${study}.md)`);
});

test('every stage of the group is named after its study', () => {
  const stages = readdirSync('stages/studies').flatMap(
    (file) => file.match(/^(.+)\.ts$/)?.[1] ?? [],
  );
  const belongs = (stage: string) =>
    studies.some((study) => stage === study || stage.startsWith(`${study}-`));
  expect(stages.filter((stage) => !belongs(stage))).toEqual([]);
});
