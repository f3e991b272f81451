import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PipeProject, stage } from '../pipe.ts';

/** Packages whose code the commands of a project have run, by V8's report of what each process loaded. */
function packagesLoaded(project: PipeProject): ReadonlySet<string> {
  const folder = join(project.root, 'coverage');
  const reports = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const files = reports.flatMap((report) =>
    (JSON.parse(report).result as readonly { url: string }[]).flatMap(({ url }) => {
      const isBundle = /\/cache\/runner\/[^/]+\/[^/]+\.js$/.test(url);
      return isBundle ? JSON.parse(readFileSync(new URL(`${url}.map`), 'utf8')).sources : [url];
    }),
  );
  return new Set(files.flatMap((file) => /.*node_modules\/([^/]+)/.exec(file)?.[1] ?? []));
}

test('after an edit of code a run loads no YAML, no schemas and no Arrow', () => {
  const project = new PipeProject({
    'pipeline.yaml': 'stages: { one: {} }\n',
    'stages/one.ts': stage("writeFileSync(outputs.out, '1');"),
  });
  onTestFinished(() => project.remove());
  expect(project.pipe('run').stdout).toContain('1 ran');
  project.write('stages/one.ts', stage("writeFileSync(outputs.out, '2');"));
  const watched = new PipeProject(
    {},
    { NODE_V8_COVERAGE: join(project.root, 'coverage') },
    project.root,
  );
  expect(watched.pipe('run').stdout).toContain('1 ran');
  const loaded = packagesLoaded(watched);
  expect(loaded).toContain('execa');
  for (const name of ['yaml', 'zod', 'apache-arrow']) expect(loaded).not.toContain(name);
});
