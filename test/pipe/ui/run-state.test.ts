import { expect, test } from 'vitest';
import { advance, byInterest, noRun } from '../../../src/pipe/ui/client/run-state.ts';

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
