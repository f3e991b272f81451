import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import { CheckpointTimes } from '../../../src/pipe/cache/checkpoint-time.ts';
import { type Clock, realClock } from '../../../src/pipe/core/clock.ts';
import { Paths } from '../../../src/pipe/disk/paths.ts';
import type { Executor, Job, JobResult } from '../../../src/pipe/workers/executor.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { eventsOf, FakeExecutor, graphOf, type Node, TestProject } from '../project.ts';
import { keyOf } from '../slurm/coordinator.ts';

/** What an attempt does: how long it takes, what its checkpoint holds then, and how it ends. */
interface Attempt {
  readonly seconds: number;
  readonly checkpoint?: string;
  readonly end?: Extract<JobResult, { ok: false }>;
}

const FAILED = { ok: false, failure: { kind: 'threw', message: 'no luck' } } as const;

/** Runs an instance in some runs, each of some attempts. @returns seconds told and seconds recorded at the end */
async function run(runs: readonly (readonly Attempt[])[], node: Partial<Node> = {}) {
  const disk = new MemoryDisk('/p');
  const project = new TestProject('/p', disk);
  const graph = graphOf([{ id: 'a', ...node }]);
  let now = 0;
  const clock: Clock = { now: () => now, after: (_, call) => realClock.after(0, call) };
  let told: number | undefined;
  for (const attempts of runs) {
    const left = [...attempts];
    const usual = new FakeExecutor(project.behaviours, disk);
    const executor: Executor = {
      pids: [],
      close: async () => {},
      kill() {},
      async run(job: Job, observer) {
        const { seconds, checkpoint, end } = left.shift() ?? { seconds: 0 };
        const made = await usual.run(job, observer);
        now += seconds * 1000;
        if (checkpoint !== undefined) {
          disk.makeFolder(job.checkpoint);
          disk.write(join(job.checkpoint, 'at'), checkpoint);
        }
        return end ?? made;
      },
    };
    const { events } = await project.run(graph, { executor, clock });
    told = eventsOf(events, 'finished')[0]?.seconds;
  }
  const cache = new Cache('/p', disk, '1');
  return {
    told,
    recorded: [...cache.actions.records()].map(({ seconds }) => seconds),
    checkpoints: disk.list(new Paths('/p').checkpoints),
  };
}

test('a stage takes the time of all attempts that its checkpoint has gone through', async () => {
  const first = { seconds: 100, checkpoint: '5', end: FAILED };
  const second = {
    seconds: 30,
    checkpoint: '6 ',
    end: { ok: false, interrupted: 'lost' },
  } as const;
  const expected = { told: 20, recorded: [150], checkpoints: [] };
  expect(await run([[first, second, { seconds: 20 }]], { retries: 1 })).toEqual(expected);
  expect(await run([[first], [{ ...second, end: FAILED }], [{ seconds: 20 }]])).toEqual(expected);
});

test('what is done again is not counted: without a checkpoint, or since it was written', async () => {
  const none = { seconds: 100, end: FAILED };
  expect(await run([[none, { seconds: 20 }]], { retries: 1 })).toMatchObject({ recorded: [20] });
  const first = { ...none, checkpoint: '5' };
  const idle = { ...none, seconds: 40 };
  expect(await run([[first], [idle], [{ seconds: 20 }]])).toMatchObject({ recorded: [120] });
});

test('an attempt that outlives its run is counted once', () => {
  const disk = new MemoryDisk('/p');
  const paths = new Paths('/p');
  const key = keyOf('a');
  const open = (folder: string) => new CheckpointTimes({ disk, paths }).of(key, folder);
  disk.makeFolder('/p/work');
  disk.write('/p/work/at', '1');
  open('/p/one').note('/p/work', 40);
  // The next run finds it at work: what it takes in all is told by its end.
  const again = open('/p/one');
  expect(again.before).toBe(0);
  again.note('/p/work', 10);
  expect(open('/p/two').before).toBe(50);
  // Where it ran knows best.
  again.note('/p/work', 12, 61);
  expect(open('/p/two').before).toBe(61);
  open('/p/two').forget();
  expect(open('/p/three').before).toBe(0);
});
