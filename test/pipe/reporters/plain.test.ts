import { expect, test } from 'vitest';
import {
  nothingToDo,
  type ResultsCompared,
  type RunEvent,
} from '../../../src/pipe/events/events.ts';
import { plainReporter } from '../../../src/pipe/reporters/plain.ts';

function lines(...events: readonly RunEvent[]): readonly string[] {
  const written: string[] = [];
  const emit = plainReporter((line) => written.push(line));
  for (const event of events) emit(event);
  return written;
}

const counts = { current: 1, restored: 0, ran: 2, failed: 0, skipped: 0, cancelled: 0 };
const compared: ResultsCompared = {
  type: 'compared',
  profile: 'ci',
  differences: [],
  byChance: [],
  instances: 3,
  elsewhere: 0,
};

test('the first line says how much there is to do, and the last how it ended', () => {
  const stages = [{ stage: 'a', total: 3, current: 1 }];
  const about = { run: 'r', profile: 'ci', jobs: 2, stages, estimate: 90 };
  const end = { type: 'run-finished', run: 'r', seconds: 3 } as const;
  expect(
    lines(
      { type: 'run-started', ...about },
      { ...end, ok: true, counts },
      { ...end, ok: false, counts: { ...counts, failed: 1 } },
      { ...end, ok: false, counts: { ...counts, cancelled: 1 } },
      nothingToDo(3),
    ),
  ).toEqual([
    'profile ci: 3 instances, 1 current; 2 jobs at a time, at most about 1 min 30 s',
    'done in 3.0 s: 2 ran, 1 current',
    'failed after 3.0 s: 1 failed, 2 ran, 1 current',
    'stopped after 3.0 s: 1 cancelled, 2 ran, 1 current',
    'nothing to do: 3 instances current',
  ]);
});

test('a failure is printed with its fix and the time of the retry', () => {
  const failure = { kind: 'threw', message: 'no luck', hint: 'hope' } as const;
  const failed = { type: 'failed', instance: 'a', stage: 'a', failure, attempt: 1 } as const;
  expect(lines({ ...failed, retry: true, delay: 2000 })).toEqual([
    'a failed: no luck',
    '  fix: hope',
    'a will be retried in 2.0 s',
  ]);
});

test('an interruption is no failure, and a retry without a delay is not in 0.0 s', () => {
  const failed = { type: 'failed', instance: 'a', stage: 'a', attempt: 1, retry: true } as const;
  const interrupted = { kind: 'interrupted', message: 'its node was lost' } as const;
  expect(lines({ ...failed, failure: interrupted, delay: 0 })).toEqual([
    'a interrupted: its node was lost',
    'a will be tried again, which does not count as a retry',
  ]);
  const failure = { kind: 'threw', message: 'no luck' } as const;
  expect(lines({ ...failed, failure, delay: 0 })[1]).toBe('a will be retried at once');
  const final = { ...failed, failure: interrupted, retry: false } as const;
  expect(lines(final)).toEqual(['a failed: its node was lost']);
});

test('what befalls many instances is told once, with their number, and so at the end', () => {
  const failure = { kind: 'resources', message: 'no such partition\nsays Slurm', hint: 'name one' };
  const failed = (instance: string, message = failure.message) =>
    ({
      type: 'failed',
      instance,
      stage: 'a',
      failure: { ...failure, message },
      attempt: 1,
      retry: false,
    }) as RunEvent;
  const skipped = { type: 'skipped', instance: 'b', stage: 'b', because: 'a[n=1]' } as const;
  const end = { type: 'run-finished', run: 'r', seconds: 3, ok: false } as const;
  const told = lines(
    failed('a[n=1]'),
    skipped,
    failed('a[n=2]'),
    failed('a[n=3]'),
    failed('a[n=4]', 'something else'),
    { ...end, counts: { ...counts, failed: 4 } },
  );
  expect(told).toEqual([
    'a[n=1] failed: no such partition\nsays Slurm',
    '  fix: name one',
    'b skipped: a[n=1] failed',
    '  and 2 other instances in the same way',
    'a[n=4] failed: something else',
    '  fix: name one',
    '4 failures:',
    '  a[n=1] and 2 others: no such partition',
    '  a[n=4]: something else',
    'failed after 3.0 s: 4 failed, 2 ran, 1 current',
  ]);
});

test('a run that leaves its jobs on the cluster is detached, and these are not cancelled', () => {
  const end = { type: 'run-finished', run: 'r', seconds: 3, ok: false } as const;
  expect(lines({ ...end, counts: { ...counts, left: 2 } })).toEqual([
    'detached after 3.0 s: 2 left running, 2 ran, 1 current',
  ]);
});

test('the rate and the time left are those of this attempt, not of what its checkpoint had', () => {
  let now = 0;
  const written: string[] = [];
  const emit = plainReporter((line) => written.push(line), { now: () => now });
  const about = { instance: 'a', stage: 'a' } as const;
  emit({ type: 'started', ...about, axes: {}, attempt: 1, pid: 1, reason: 'changed' });
  const report = (at: number, done: number) => {
    now = at * 1000;
    emit({ type: 'progress', instance: 'a', progress: { done, total: 100, unit: 'step' } });
  };
  report(2, 80);
  report(12, 85);
  expect(written.at(-1)).toBe('  a: step 85/100, 0.500 steps/s, 30 s left');
});

test('a comparison says whether bytes were compared', () => {
  const metric = { kind: 'metric', instance: 'a', metric: 'kl', before: 1, after: 2, within: 0.1 };
  expect(lines(compared)).toEqual(['results match pipeline.lock.yaml: same metrics, same bytes']);
  expect(lines({ ...compared, elsewhere: 3 })).toEqual([
    'results match pipeline.lock.yaml: same metrics; bytes not compared, made on another type of machine',
  ]);
  const byChance = [metric] as ResultsCompared['byChance'];
  expect(lines({ ...compared, elsewhere: 1, byChance })[1]).toContain('except for the above');
  expect(lines({ ...compared, differences: byChance })).toEqual(['a: kl 1 -> 2 (tolerance 0.1)']);
});

test('what an instance waits for is told, and is no warning', () => {
  const notice = { type: 'notice', instance: 'fit', message: 'fetching http://a/b' } as const;
  expect(lines(notice)).toEqual(['  fit: fetching http://a/b']);
});
