import { expect, test } from 'vitest';
import type { RunEvent } from '../../../src/pipe/events/events.ts';
import { githubReporter } from '../../../src/pipe/reporters/github.ts';

function annotations(...events: readonly RunEvent[]): readonly string[] {
  const lines: string[] = [];
  const emit = githubReporter((line) => lines.push(line));
  for (const event of events) emit(event);
  return lines.filter((line) => line.startsWith('::'));
}

test('a failure is an annotation with its log and its fix on one line', () => {
  const failed: RunEvent = {
    type: 'failed',
    instance: 'train[dim=8,seed=1]',
    stage: 'train',
    failure: { kind: 'threw', message: '100% wrong', hint: 'do otherwise', log: ['a line'] },
    attempt: 1,
    retry: false,
  };
  expect(annotations(failed)).toEqual([
    '::error title=train[dim=8%2Cseed=1] failed::100%25 wrong%0A  last lines of its log:%0A  | a line%0A  fix: do otherwise',
  ]);
  expect(annotations({ ...failed, retry: true })).toEqual([]);
  // Of a page of them the reader wants one.
  expect(annotations(failed, { ...failed, instance: 'train[dim=8,seed=2]' })).toHaveLength(1);
});

test('warnings and differences from the lock file are annotations', () => {
  expect(annotations({ type: 'warning', message: 'not deterministic', instance: 'a' })).toEqual([
    '::warning title=a::not deterministic',
  ]);
  const metric = { metric: 'kl', before: 0.5, after: 0.75, within: 0 } as const;
  const differences = ['b', 'c'].map((instance) => {
    return { kind: 'metric' as const, instance, ...metric };
  });
  expect(
    annotations({
      type: 'compared',
      profile: 'ci',
      differences,
      byChance: [],
      instances: 3,
      elsewhere: 0,
    }),
  ).toEqual([
    '::error title=differs from pipeline.lock.yaml::b: kl 0.5 -> 0.75',
    '::error title=differs from pipeline.lock.yaml::c: kl 0.5 -> 0.75',
  ]);
});
