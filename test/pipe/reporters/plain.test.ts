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
