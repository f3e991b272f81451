import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import { codeManifests } from '../../../src/pipe/explain/code-manifests.ts';
import { writeArchive } from '../../../src/pipe/export/archive.ts';
import { type Provenance, provenanceOf } from '../../../src/pipe/export/provenance.ts';
import { readRun, readRunRecords } from '../../../src/pipe/runs/files.ts';
import { runProcess } from '../../processes.ts';
import { graphOf, TestProject, temporaryFolder } from '../project.ts';

const graph = graphOf([
  { id: 'a', params: { x: 1 } },
  { id: 'b[n=1]', needs: ['a'] },
]);

/** A finished run and what is known of it. */
async function finished() {
  const project = new TestProject();
  await project.run(graph, { targets: ['a'] });
  // The first instance is current in the run that is exported.
  await project.run(graph);
  const cache = new Cache(project.root);
  const [run] = readRunRecords(cache.disk, cache.paths.runs, 1);
  const provenance = provenanceOf(
    cache,
    run,
    readRun(cache.disk, cache.paths.runs, run.id),
    (id) => graph.instances.find((instance) => instance.id === id),
    codeManifests(cache, {}),
  );
  return { project, cache, run, provenance };
}

/** Unpacks with the system's tar. */
function unpack(archive: string): string {
  const folder = temporaryFolder();
  const { status, stderr } = runProcess('tar', ['-xf', archive, '-C', folder]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return folder;
}

test('an archive contains the results of a run, valid checksums and the provenance', async () => {
  const { project, cache, run, provenance } = await finished();
  const target = join(temporaryFolder(), 'run.tar');
  await writeArchive(cache, provenance, run.id, target);
  const folder = join(unpack(target), run.id);
  expect(readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()).toEqual([
    'SHA256SUMS',
    'artifacts',
    'artifacts/a',
    'artifacts/a/out.txt',
    'artifacts/b[n=1]',
    'artifacts/b[n=1]/out.txt',
    'provenance.json',
  ]);
  expect(readFileSync(join(folder, 'artifacts/a/out.txt'), 'utf8')).toBe(project.artifact('a'));
  const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
  expect(sums).toHaveLength(3);
  for (const line of sums) {
    const [sum, path] = line.split('  ');
    const bytes = readFileSync(join(folder, path));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sum);
  }
  const told = JSON.parse(readFileSync(join(folder, 'provenance.json'), 'utf8')) as Provenance;
  expect(told).toEqual(JSON.parse(JSON.stringify(provenance)));
  expect(told.run).toMatchObject({ id: run.id, profile: 'default', machine: run.machine });
  expect(told.missing).toEqual([]);
  const [a, b] = told.instances;
  expect(a.fingerprint.params).toEqual({ x: 1 });
  // What b read is what a made.
  expect(JSON.stringify(b.fingerprint.inputs)).toContain(a.files[0].digest);
  expect(told.code[a.fingerprint.code].files).toEqual({ 'stages/combine.ts': 'code of combine' });
});

test('the same run gives the same bytes', async () => {
  const { cache, run, provenance } = await finished();
  const [first, second] = ['1.tar', '2.tar'].map((name) => join(temporaryFolder(), name));
  await writeArchive(cache, provenance, run.id, first);
  await writeArchive(cache, provenance, run.id, second);
  expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
});

test('a damaged blob is not exported, and an earlier archive stays', async () => {
  const { project, cache, run, provenance } = await finished();
  const folder = temporaryFolder();
  const target = join(folder, 'run.tar');
  writeFileSync(target, 'of before');
  const blob = cache.paths.blob(provenance.instances[1].files[0].digest);
  project.disk.remove(blob);
  await expect(writeArchive(cache, provenance, run.id, target)).rejects.toThrow(
    'artifacts/b[n=1]/out.txt is missing or damaged in the cache',
  );
  expect(readFileSync(target, 'utf8')).toBe('of before');
  expect(readdirSync(folder)).toEqual(['run.tar']);
});

test('an export to a target that cannot be written leaves no files', async () => {
  const { cache, run, provenance } = await finished();
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'run.tar'));
  await expect(writeArchive(cache, provenance, run.id, join(folder, 'run.tar'))).rejects.toThrow();
  await expect(
    writeArchive(cache, provenance, run.id, join(folder, 'no/such/run.tar')),
  ).rejects.toThrow(/ENOENT/);
  expect(readdirSync(folder)).toEqual(['run.tar']);
  expect(existsSync(join(folder, 'no'))).toBe(false);
});

test('an instance id that escapes the archive is rejected', async () => {
  const { cache, run, provenance } = await finished();
  const { key } = provenance.instances[0];
  for (const instance of ['../../evil', 'a[../../../evil]', '..']) {
    expect(() =>
      provenanceOf(
        cache,
        run,
        [{ instance, key }],
        () => undefined,
        () => undefined,
      ),
    ).toThrow('is not a valid instance id');
  }
});
