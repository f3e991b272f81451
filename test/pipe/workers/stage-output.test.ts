import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { captureOutput } from '../../../src/pipe/workers/stage-output.ts';
import { temporaryFolder } from '../project.ts';

function capture() {
  const log = join(temporaryFolder(), 'log');
  const lines: string[] = [];
  const output = captureOutput(log, (line) => void lines.push(line));
  onTestFinished(() => output.release());
  return { log, lines, output };
}

test('what a stage and the programs it runs print is in the log and received, each line once and in order', async () => {
  const { log, lines, output } = capture();
  process.stdout.write('before\n');
  const [one, two] = [output.lend(), output.lend()];
  const print = (text: string, file: number) =>
    execa('printf', [text], { stdio: ['ignore', file as 3, file as 3] });
  await print('é one\nhalf', one.log);
  process.stderr.write(' of a line\n');
  await print('two\n', two.log);
  two.giveBack();
  one.giveBack();
  process.stdout.write('after\n');
  output.release();
  expect(readFileSync(log, 'utf8')).toBe('before\né one\nhalf of a line\ntwo\nafter\n');
  expect(lines).toEqual(['before', 'é one', 'half of a line', 'two', 'after']);
});

test('a second attempt receives what it prints alone', () => {
  const { log, output } = capture();
  process.stdout.write('first\n');
  output.release();
  const lines: string[] = [];
  const second = captureOutput(log, (line) => void lines.push(line));
  process.stdout.write('second\n');
  second.release();
  expect(lines).toEqual(['second']);
  expect(readFileSync(log, 'utf8')).toBe('first\nsecond\n');
});
