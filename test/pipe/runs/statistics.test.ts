import { expect, test } from 'vitest';
import type { InstanceRun } from '../../../src/pipe/runs/recorder.ts';
import { criticalPath, hitRate, stageStatistics } from '../../../src/pipe/runs/statistics.ts';
import { fc } from '../../properties.ts';
import { graphOf } from '../project.ts';

function row(stage: string, status: InstanceRun['status'], seconds?: number): InstanceRun {
  const cost = seconds === undefined ? {} : { seconds, cpuSeconds: seconds / 2, peakMemory: 1e6 };
  return { instance: `${stage}[x=1]`, stage, status, attempts: 1, ...cost };
}

test('stages are told by what they took in all, the slowest first', () => {
  const found = stageStatistics([
    row('quick', 'ran', 1),
    row('slow', 'ran', 4),
    row('slow', 'ran', 2),
    row('slow', 'restored'),
    row('quick', 'current'),
    row('quick', 'failed'),
    row('quick', 'skipped'),
  ]);
  expect(found).toEqual([
    {
      stage: 'slow',
      ran: 2,
      restored: 1,
      current: 0,
      failed: 0,
      seconds: 6,
      cpuSeconds: 3,
      queuedSeconds: 0,
      longest: 4,
      peakMemory: 1e6,
    },
    {
      stage: 'quick',
      ran: 1,
      restored: 0,
      current: 1,
      failed: 1,
      seconds: 1,
      cpuSeconds: 0.5,
      queuedSeconds: 0,
      longest: 1,
      peakMemory: 1e6,
    },
  ]);
  // Two of six did not have to run; what was skipped was not asked for any more.
  expect(hitRate(found)).toBeCloseTo(2 / 6, 12);
  expect(hitRate([])).toBeUndefined();
});

test('the critical path is the longest chain', () => {
  const { instances } = graphOf([
    { id: 'a' },
    { id: 'b', needs: ['a'] },
    { id: 'c', needs: ['a'] },
    { id: 'd', needs: ['b', 'c'] },
    { id: 'alone' },
  ]);
  const seconds: Readonly<Record<string, number>> = { a: 1, b: 2, c: 5, d: 1, alone: 6 };
  const path = criticalPath(instances, ({ id }) => seconds[id]);
  expect(path.steps.map(({ instance }) => instance.id)).toEqual(['a', 'c', 'd']);
  expect(path.steps.map((step) => step.seconds)).toEqual([1, 5, 1]);
  expect(path).toMatchObject({ seconds: 7, work: 15 });
});

test('no chain of a random graph is longer than the critical path, and it is a chain', () => {
  const graphs = fc.array(
    fc.record({ seconds: fc.nat(9), needs: fc.array(fc.nat(20), { maxLength: 3 }) }),
    { minLength: 1, maxLength: 9 },
  );
  fc.assert(
    fc.property(graphs, (given) => {
      const { instances } = graphOf(
        given.map(({ needs }, i) => ({
          id: `n${i}`,
          needs: i === 0 ? [] : [...new Set(needs.map((need) => `n${need % i}`))],
        })),
      );
      const secondsOf = (id: string) => given[Number(id.slice(1))].seconds;
      const upstream = instances.map(({ inputs }) =>
        inputs.flatMap(({ sources }) => sources.map(({ instance }) => instance)),
      );
      const path = criticalPath(instances, ({ id }) => secondsOf(id));
      const longest = (i: number): number =>
        secondsOf(`n${i}`) + Math.max(0, ...upstream[i].map((id) => longest(Number(id.slice(1)))));
      expect(path.seconds).toBe(Math.max(...instances.map((_, i) => longest(i))));
      for (const [i, { instance }] of path.steps.slice(1).entries()) {
        expect(upstream[instances.indexOf(instance)]).toContain(path.steps[i].instance.id);
      }
    }),
  );
});
