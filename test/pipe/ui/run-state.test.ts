import { expect, test } from 'vitest';
import { advance, byInterest, describe, noRun } from '../../../src/pipe/ui/client/run-state.ts';

test('what runs comes first, then what failed, then the rest, of each the last one first', () => {
  const instances = ['a', 'b', 'c', 'd', 'e'].map((instance) => ({ instance, stage: 's', at: 1 }));
  const started = instances.map((one) => ({
    type: 'started' as const,
    ...one,
    axes: {},
    attempt: 1,
    pid: 1,
    reason: 'new',
  }));
  const cost = { seconds: 1, cpuSeconds: 1, peakMemory: 1, outputs: [], metrics: {} };
  const ended = [
    { type: 'finished' as const, ...instances[0], key: 'k', ...cost },
    { type: 'failed' as const, ...instances[1], failure: { message: 'no luck' } },
    { type: 'finished' as const, ...instances[3], key: 'k', ...cost },
  ];
  const entries = [...started, ...ended] as never;
  const state = advance(noRun(), { type: 'entries', entries });
  expect(byInterest(state).map(({ id, state }) => [id, state])).toEqual([
    ['e', 'running'],
    ['c', 'running'],
    ['b', 'failed'],
    ['d', 'ran'],
    ['a', 'ran'],
  ]);
});

test('what a run leaves to a cluster goes on: it is not cancelled, and the run did not just stop', () => {
  const about = { run: 'r', profile: 'p', jobs: 1, stages: [{ stage: 's', total: 2, current: 0 }] };
  const entries = [
    { type: 'run-started', at: 1, ...about },
    { type: 'cancelled', at: 2, instance: 'a', stage: 's', isLeft: true },
    { type: 'cancelled', at: 2, instance: 'b', stage: 's' },
    { type: 'run-finished', at: 3, run: 'r', ok: false, seconds: 1, counts: {} },
  ] as never;
  const state = advance(noRun(), { type: 'entries', entries });
  expect(byInterest(state).map((one) => one.state)).toEqual(['cancelled', 'left running']);
  expect(describe({ ...state, run: 'r' })).toBe('Detached');
});
