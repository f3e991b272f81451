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
afterAll(() => project.remove());

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
