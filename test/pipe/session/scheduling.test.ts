import { expect, test } from 'vitest';
import { type Clock, delayAfter, realClock } from '../../../src/pipe/core/clock.ts';
import type { Instance } from '../../../src/pipe/pipeline/graph.ts';
import { longestChains } from '../../../src/pipe/runs/statistics.ts';
import { RunQueue } from '../../../src/pipe/session/queue.ts';
import { fc } from '../../properties.ts';
import { combine, eventsOf, graphOf, type Node, type RunReport, TestProject } from '../project.ts';

const capacity = { cpus: 4, memory: 8e9, gpus: 1 };

/** Graphs in which every instance may need any that stand before it. */
const graphs = fc
  .array(fc.record({ needs: fc.array(fc.nat(11), { maxLength: 3 }), seconds: fc.nat(50) }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((nodes) => ({
    seconds: nodes.map((node) => node.seconds),
    instances: graphOf(
      nodes.map(({ needs }, i) => ({
        id: `n${i}`,
        needs: [...new Set(needs.filter((need) => need < i))].map((need) => `n${need}`),
      })),
    ).instances,
  }));

/** One instance with these resources. */
function asking(id: string, resources: Instance['resources']): Instance {
  return { ...graphOf([{ id }]).instances[0], resources };
}

test('the remaining path is the longest of all ways to an end, the instance itself included', () => {
  fc.assert(
    fc.property(graphs, ({ instances, seconds }) => {
      const secondsOf = ({ id }: Instance) => seconds[Number(id.slice(1))];
      /** The definition, by trying every way. */
      const longest = (of: Instance): number => {
        const after = instances.filter(({ inputs }) =>
          inputs.some(({ sources }) => sources.some(({ instance }) => instance === of.id)),
        );
        return secondsOf(of) + Math.max(0, ...after.map(longest));
      };
      const found = longestChains(instances, secondsOf);
      for (const instance of instances) {
        expect(found.get(instance.id)?.seconds).toBe(longest(instance));
      }
    }),
    { numRuns: 50 },
  );
});

test('what runs never asks for more than there is, and whatever fits is started', () => {
  const asked = fc.array(
    fc.record({ cpus: fc.integer({ min: 1, max: 6 }), gpus: fc.nat(2), priority: fc.nat(9) }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(asked, fc.array(fc.nat()), (demands, ends) => {
      const priorities = new Map(demands.map(({ priority }, i) => [`n${i}`, priority]));
      const queue = new RunQueue(capacity, (id) => priorities.get(id) ?? 0);
      const waiting = new Set(demands.map(({ cpus, gpus }, i) => asking(`n${i}`, { cpus, gpus })));
      for (const instance of waiting) queue.add(instance);
      const running: Instance[] = [];
      // What asks for more than the machine has runs as if it asked for all of it.
      const used = (key: 'cpus' | 'gpus', all: Iterable<Instance> = running) =>
        [...all].reduce((sum, { resources }) => {
          return sum + Math.min(resources[key] ?? 0, capacity[key]);
        }, 0);
      const fits = (one: Instance) =>
        used('cpus', [...running, one]) <= capacity.cpus &&
        used('gpus', [...running, one]) <= capacity.gpus;
      for (const end of [...ends, ...demands.map(() => 0)]) {
        for (;;) {
          const best = Math.max(
            ...[...waiting].filter(fits).map(({ id }) => priorities.get(id) ?? 0),
          );
          const next = queue.next();
          if (next === undefined) break;
          expect(priorities.get(next.id)).toBe(best);
          expect(fits(next)).toBe(true);
          waiting.delete(next);
          running.push(next);
        }
        expect([...waiting].some(fits)).toBe(false);
        const [over] = running.splice(end % Math.max(1, running.length), 1);
        if (over !== undefined) queue.release(over);
      }
      expect(waiting.size).toBe(0);
    }),
    { numRuns: 100 },
  );
});

/** Ids in the order in which they were started. */
function started({ events }: RunReport): readonly string[] {
  return eventsOf(events, 'started').map(({ instance }) => instance);
}

test('of what is ready, that with the longest way to go by the last durations starts first', async () => {
  const nodes = (version: number): readonly Node[] => [
    { id: 'short', params: [version, 1] },
    { id: 'long', params: [version, 9] },
    { id: 'head', params: [version, 2] },
    { id: 'tail', params: [version, 8], needs: ['head'] },
  ];
  const project = new TestProject();
  let now = 0;
  const clock: Clock = {
    now: () => now,
    after: (delay, callback) => realClock.after(delay, callback),
  };
  project.behaviours.combine = (inputs, params, job) => {
    now += 1000 * (params as readonly number[])[1];
    return combine(inputs, params, job);
  };
  const first = await project.run(graphOf(nodes(1)), { jobs: 1, clock });
  // Without durations the number of instances counts.
  expect(started(first)[0]).toBe('head');
  const second = await project.run(graphOf(nodes(2)), { jobs: 1, clock });
  // The tail starts as soon as what the head made is stored, whatever runs by then.
  const ready = started(second).filter((id) => id !== 'tail');
  expect(ready).toEqual(['head', 'long', 'short']);
});

test('while the outputs of one instance are stored, the next one runs on its core', async () => {
  const project = new TestProject();
  const { events } = await project.run(graphOf([{ id: 'a' }, { id: 'b', params: 2 }]), { jobs: 1 });
  const place = (type: string, id: string) =>
    events.findIndex(
      (event) => event.type === type && 'instance' in event && event.instance === id,
    );
  expect(place('started', 'b')).toBeLessThan(place('finished', 'a'));
});

test('a failed instance gives nothing the time to start', async () => {
  const project = new TestProject();
  project.behaviours.fail = () => {
    throw new Error('no');
  };
  const nodes = [{ id: 'a', module: 'fail' }, { id: 'b' }];
  const { events, ok } = await project.run(graphOf(nodes), { jobs: 1 });
  expect(ok).toBe(false);
  expect(eventsOf(events, 'started').map(({ instance }) => instance)).toEqual(['a']);
});

test('with --keep-going all runs that can, and what cannot is named with what it lacks', async () => {
  const project = new TestProject();
  project.behaviours.fail = () => {
    throw new Error('no');
  };
  const nodes: readonly Node[] = [
    { id: 'a', module: 'fail' },
    { id: 'b', needs: ['a'] },
    { id: 'c', needs: ['b'] },
    { id: 'd' },
    { id: 'e', needs: ['d'] },
  ];
  const { events, ok, ran } = await project.run(graphOf(nodes), { jobs: 1, keepGoing: true });
  expect(ok).toBe(false);
  expect(ran).toEqual(['d', 'e']);
  const skipped = eventsOf(events, 'skipped').map(({ instance, because }) => [instance, because]);
  expect(skipped).toEqual([
    ['b', 'a'],
    ['c', 'a'],
  ]);
});

test('the wait before a retry doubles, up to an hour or what the stage says', () => {
  expect([1, 2, 3, 4].map((attempt) => delayAfter(attempt))).toEqual([1000, 2000, 4000, 8000]);
  expect(delayAfter(3, 500)).toBe(2000);
  expect(delayAfter(40)).toBe(3_600_000);
  expect(delayAfter(5, 7_200_000)).toBe(7_200_000);
});
