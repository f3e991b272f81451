import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/pipe/events/events.ts';
import { Display } from '../../../src/pipe/reporters/display.ts';
import { LiveView } from '../../../src/pipe/reporters/live.ts';
import { Screen } from './screen.ts';

const INSTANCES = 50;
const idOf = (i: number) => `evaluate[model=名前-${'long-'.repeat(i % 12)}${i},seed=${i}]`;

/** A run of fifty instances, four at a time, one of which fails with a log. */
function* events(): Generator<RunEvent> {
  const stages = [{ stage: 'evaluate', total: INSTANCES, current: 0 }];
  yield { type: 'run-started', run: 'r', profile: 'default', jobs: 4, stages };
  for (let i = 0; i < INSTANCES + 4; i += 1) {
    if (i < INSTANCES) {
      const start = { pid: 1, attempt: 1, reason: 'new', axes: {} } as const;
      yield { type: 'started', stage: 'evaluate', instance: idOf(i), ...start };
      const progress = { done: i, total: 100, unit: 'step', values: { loss: i / 3 } };
      yield { type: 'progress', instance: idOf(i), progress };
    }
    const over = i - 4;
    if (over === 20) yield failed(over);
    else if (over >= 0) yield finished(over);
  }
}

function finished(i: number): RunEvent {
  const cost = { seconds: 1, cpuSeconds: 1, peakMemory: 1, metrics: {}, outputs: [] };
  return {
    type: 'finished',
    stage: 'evaluate',
    instance: idOf(i),
    key: 'k',
    ...cost,
  } as unknown as RunEvent;
}

const LOG = Array.from({ length: 20 }, (_, i) => `step ${i}: ${'値'.repeat(i * 3)}`);

function failed(i: number): RunEvent {
  const failure = { kind: 'threw', message: 'the sky fell', log: LOG } as const;
  const about = { stage: 'evaluate', attempt: 1, retry: false };
  return { type: 'failed', instance: idOf(i), failure, ...about } as RunEvent;
}

describe.each([40, 80, 200])('on a terminal of %i columns', (columns) => {
  test('every finished instance and every line of a failure is there once, in order', async () => {
    const screen = new Screen(columns, 24);
    const display = new Display(screen);
    const view = new LiveView(() => 0);
    for (const event of events()) {
      display.draw(view.render(), view.note(event));
      display.draw(view.render());
    }
    display.clear();
    const lines = await screen.lines();
    const done = lines.filter((line) => line.startsWith('done '));
    const expected = Array.from({ length: INSTANCES }, (_, i) => `done ${idOf(i)} 1.0 s`);
    expect(done).toEqual(expected.filter((_, i) => i !== 20));
    const failure = lines.indexOf(`${idOf(20)} failed: the sky fell`);
    expect(lines.slice(failure + 1, failure + 22)).toEqual([
      '  last lines of its log:',
      ...LOG.map((line) => `  | ${line}`.trimEnd()),
    ]);
    expect(lines).toHaveLength(1 + INSTANCES + 21);
  });
});
