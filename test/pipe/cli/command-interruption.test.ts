import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { readText } from '../../../src/pipe/core/machine.ts';
import { stream } from '../../../src/random/streams.ts';
import { FileServer } from '../remote/server.ts';
import { PipeProject } from './pipe.ts';

/** How often `kill -9` falls; `KILLS=300 SEED=7 npx vitest run test/pipe/cli/command-interruption.test.ts` takes long. */
const KILLS = Number(process.env.KILLS ?? 4);
const SEED = Number(process.env.SEED ?? 1);

const CORPUS = Buffer.from('a corpus\n'.repeat(1000));
const SHA256 = createHash('sha256').update(CORPUS).digest('hex');

/** Names a file after itself, starts a program that would outlive it, and fills a folder from its checkpoint. */
const MAKE = `
folder=$1; data=$2; checkpoint=$3; notes=$4
sleep 60 &
touch "$notes/$$" "$notes/$!"
n=$(ls "$checkpoint" | wc -l)
while [ "$n" -lt 5 ]; do touch "$checkpoint/$n"; sleep 0.02; n=$((n + 1)); done
mkdir -p "$folder/deep"
for name in $(ls "$data"); do cp "$data/$name" "$folder/deep/"; done
printf '#!/bin/sh\\n' > "$folder/run.sh"; chmod +x "$folder/run.sh"
`;
const GATHER = `out=$1; corpus=$2; shift 2; { for f in "$@"; do ls -R "$f" | tail -n +2; cat "$f"/deep/*; done; cat "$corpus"; } > "$out"`;

const notes: string[] = [];
const projects: PipeProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
  for (const folder of notes) rmSync(folder, { recursive: true });
});

function projectOf(url: string): PipeProject {
  const project = new PipeProject({
    'scripts/make.sh': MAKE,
    'scripts/gather.sh': GATHER,
    'data/a.csv': 'a',
    'data/b.csv': 'b',
  });
  const folder = `${project.root}-notes`;
  mkdirSync(folder);
  notes.push(folder);
  project.write(
    'pipeline.yaml',
    `
axes: { n: [1, 2, 3] }
stages:
  make:
    command: [sh, scripts/make.sh, '{outputs.made}', '{inputs.data}', '{checkpoint}', ${folder}]
    code: [scripts/make.sh]
    matrix: [n]
    inputs: { data: { files: data/ } }
    outputs: { made: made/ }
  gather:
    command: [sh, scripts/gather.sh, '{outputs.all}', '{inputs.corpus}', '{inputs.made}']
    code: [scripts/gather.sh]
    matrix: []
    inputs: { made: make/made, corpus: { url: '${url}', sha256: ${SHA256} } }
    outputs: { all: all.txt }
`,
  );
  projects.push(project);
  return project;
}

/** Bytes of every artifact, by path. */
function artifacts({ root }: PipeProject): Readonly<Record<string, string>> {
  const folder = join(root, 'artifacts');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = files.flatMap((file) => (file.isFile() ? [join(file.parentPath, file.name)] : []));
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(path, 'utf8')]));
}

/** What commands have started, as long as it lives; an id may by now be that of another program. */
function living({ root }: PipeProject): readonly string[] {
  const pids = notes.flatMap((folder) => readdirSync(folder));
  return pids.filter((pid) => readText(`/proc/${pid}/environ`).includes(root));
}

test.skipIf(process.platform !== 'linux')(
  'a runner of commands that is killed at any moment leaves no process, and the next run ends with the same results',
  async () => {
    const server = await FileServer.start();
    server.files.set('/corpus.txt', CORPUS);
    const project = projectOf(`${server.url}/corpus.txt`);
    /** The server of this process answers meanwhile, so that nothing may wait for the end synchronously. */
    const run = async (...args: readonly string[]) => {
      const child = project.start('run', '--jobs', '2', ...args);
      let said = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (text) => {
          said += String(text);
        });
      }
      await once(child, 'close');
      return { said, status: child.exitCode };
    };
    expect(await run()).toMatchObject({ status: 0 });
    const undisturbed = artifacts(project);
    expect(Object.keys(undisturbed)).toHaveLength(10);
    project.forget();
    const begin = performance.now();
    expect(await run()).toMatchObject({ status: 0 });
    const duration = performance.now() - begin;
    const moments = stream(SEED, 'kills');
    for (let kills = 0; kills < KILLS; kills += 1) {
      // Every other kill falls on what the one before left.
      if (kills % 2 === 0) {
        project.forget();
        project.remove('cache/downloads');
      }
      const child = project.start('run', '--jobs', '2');
      const ended = once(child, 'exit');
      await delay(moments.float() * duration);
      child.kill('SIGKILL');
      await ended;
      await vi.waitFor(() => expect(living(project)).toEqual([]), 10_000);
      if (kills % 2 === 0) continue;
      expect({ kills, ...(await run()) }).toMatchObject({ kills, status: 0 });
      expect(artifacts(project)).toEqual(undisturbed);
      expect(await run()).toMatchObject({
        said: expect.stringContaining('nothing to do: 4 instances current'),
      });
      expect(project.pipe('verify').stdout).toContain('all intact');
    }
    expect(readdirSync(join(project.root, 'cache/checkpoints'))).toEqual([]);
    expect(readdirSync(join(project.root, 'cache/workers'))).toEqual([]);
  },
  60_000 + KILLS * 20_000,
);
