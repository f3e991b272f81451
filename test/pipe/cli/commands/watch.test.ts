import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PipeProject, stage } from '../pipe.ts';

const pipeline = (x: number | string) => `stages: { count: { params: { x: ${x} } } }\n`;
const source = (factor: number) =>
  stage(`writeFileSync(outputs.out, String(params.x * ${factor}));`, { params: ['x'] });
const project = new PipeProject({
  'pipeline.yaml': pipeline(2),
  'stages/count.ts': source(1),
});
const raw = new PipeProject({
  'pipeline.yaml': `
stages:
  file: { command: [cp, '{inputs.table}', '{outputs.out}'], inputs: { table: { files: table.csv } }, outputs: { out: out.txt } }
  list: { command: [sh, -c, 'cat "$@" > out.txt', sh, '{inputs.parts}'], inputs: { parts: { files: '*/part-*.csv' } }, outputs: { out: out.txt } }
`,
  'table.csv': 'a',
  'parts/part-1.csv': '1',
});
afterAll(() => {
  project.remove();
  raw.remove();
});

const result = () => readFileSync(join(project.root, 'artifacts/count/out.txt'), 'utf8');

/** The output of a running command, piece by piece. */
class Output {
  #text = '';
  #wake = () => {};

  constructor(child: ReturnType<PipeProject['start']>) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.#text += String(chunk);
        this.#wake();
      });
    }
  }

  /** Waits for a text and returns the output up to it since the last one. */
  async upTo(text: string): Promise<string> {
    while (!this.#text.includes(text)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const end = this.#text.indexOf(text) + text.length;
    const found = this.#text.slice(0, end);
    this.#text = this.#text.slice(end);
    return found;
  }
}

test('an edit of params or code runs what it affects; a mistake is reported and waited out', async () => {
  const child = project.start('watch');
  const ended = once(child, 'exit');
  const output = new Output(child);
  const waiting = () => output.upTo('waiting for changes');
  await waiting();
  expect(result()).toBe('2');

  project.write('pipeline.yaml', pipeline(3));
  expect(await waiting()).toContain('count started (params.x 2 -> 3)');
  expect(result()).toBe('3');

  project.write('stages/count.ts', source(10));
  expect(await waiting()).toContain('count started (stages/count.ts edited)');
  expect(result()).toBe('30');

  project.write('pipeline.yaml', 'stages: { count: { parms: 1 } }\n');
  expect(await waiting()).toContain("unknown key 'parms'");
  expect(result()).toBe('30');

  project.write('pipeline.yaml', pipeline(2));
  await waiting();
  expect(result()).toBe('20');

  process.kill(child.pid ?? 0, 'SIGINT');
  expect((await ended)[0]).toBe(130);
}, 60_000);

test('an edit of a raw file, or a new one that a pattern matches, runs exactly what reads it', async () => {
  const child = raw.start('watch');
  const ended = once(child, 'exit');
  const output = new Output(child);
  const made = (stage: string) =>
    readFileSync(join(raw.root, `artifacts/${stage}/out.txt`), 'utf8');
  const said = async () => {
    const text = await output.upTo('waiting for changes');
    return [...text.matchAll(/\] (\S+ started .*)$/gm)].map(([, what]) => what).sort();
  };
  expect(await said()).toHaveLength(2);

  raw.write('table.csv', 'b');
  expect(await said()).toEqual(['file started (input table: table.csv edited)']);
  expect(made('file')).toBe('b');

  raw.write('parts/part-2.csv', '2');
  expect(await said()).toEqual(['list started (input parts: parts/part-2.csv added)']);
  expect(made('list')).toBe('12');

  raw.write('more/part-3.csv', '3');
  expect(await said()).toEqual(['list started (input parts: more/part-3.csv added)']);

  raw.write('parts/part-1.csv', 'one');
  expect(await said()).toEqual(['list started (input parts: parts/part-1.csv edited)']);
  expect(made('list')).toBe('3one2');

  process.kill(child.pid ?? 0, 'SIGINT');
  expect((await ended)[0]).toBe(130);
}, 60_000);
