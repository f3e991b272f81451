import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import { thisMachineType } from '../../../src/pipe/core/machine.ts';
import type { Executor } from '../../../src/pipe/workers/executor.ts';
import { FakeExecutor, graphOf, TestProject } from '../project.ts';

test('a result counts as made on the machine that made it, not on that of the run', async () => {
  const project = new TestProject();
  const here = new FakeExecutor(project.behaviours);
  const maker = { machine: 'another', node: 'v20.99.0' };
  const executor: Executor = {
    pids: [],
    async run(job, observer) {
      const result = await here.run(job, observer);
      return result.ok && job.instance === 'there' ? { ...result, maker } : result;
    },
    close: async () => {},
    kill() {},
  };
  await project.run(graphOf([{ id: 'here' }, { id: 'there', params: 1 }]), { executor });
  const made = Object.fromEntries(
    [...new Cache(project.root).actions.records()].map(({ instance, machine, node }) => [
      instance,
      { machine, node },
    ]),
  );
  expect(made).toEqual({
    here: { machine: thisMachineType(), node: process.version },
    there: maker,
  });
});
