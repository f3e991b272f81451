import { afterEach, expect, test, vi } from 'vitest';
import { Shell } from '../../../../src/pipe/cli/shell/shell.ts';
import { type Cancellation, cancelOnSignals } from '../../../../src/pipe/cli/shell/signals.ts';

let cancellation: Cancellation;

afterEach(() => {
  cancellation.release();
  vi.restoreAllMocks();
});

function begin() {
  const shell = new Shell([]);
  const calls: string[] = [];
  const note = (call: string) => () => void calls.push(call);
  vi.spyOn(shell, 'note').mockImplementation((line) => void calls.push(line));
  vi.spyOn(process, 'exit').mockImplementation(
    ((code: number) => void calls.push(`exit ${code}`)) as never,
  );
  vi.spyOn(process, 'kill').mockImplementation(
    ((_: number, name: string) => calls.push(name) > 0) as never,
  );
  shell.display = {
    print: () => {},
    suspend: note('clear the display'),
    resume: note('draw the display'),
  };
  cancellation = cancelOnSignals(shell, {
    kill: note('kill'),
    suspend: note('stop processes'),
    resume: note('continue processes'),
  });
  return calls;
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  'the first %s cancels and says so, the second ends the process with %i',
  (name, code) => {
    const calls = begin();
    process.emit(name, name);
    expect(cancellation.signal.aborted).toBe(true);
    expect(cancellation.exitCode).toBe(code);
    expect(calls).toEqual(['stopping; press Ctrl-C again to quit now']);
    process.emit(name, name);
    expect(calls.slice(1, 3)).toEqual(['kill', `exit ${code}`]);
  },
);

test('Ctrl-Z clears the display before all is stopped, and it is drawn again when all goes on', () => {
  const calls = begin();
  process.emit('SIGTSTP', 'SIGTSTP');
  expect(calls).toEqual(['clear the display', 'stop processes', 'SIGSTOP']);
  process.emit('SIGCONT', 'SIGCONT');
  expect(calls.slice(3)).toEqual(['continue processes', 'draw the display']);
  expect(cancellation.signal.aborted).toBe(false);
});

test('after its release signals are for others', () => {
  const calls = begin();
  cancellation.release();
  process.once('SIGINT', () => calls.push('other'));
  process.emit('SIGINT', 'SIGINT');
  expect(calls).toEqual(['other']);
});
