import { MemoryDisk } from '../memory-disk.ts';
import { Coordinator } from './coordinator.ts';
import type { FakeCluster } from './fake-cluster.ts';

/** Runs many instances as a run would: as many at a time as the coordinator takes, the rest behind them. */
export async function simulate(
  cluster: FakeCluster,
  instances: number,
  most: number,
  seconds: number,
): Promise<{
  /** Seconds on the cluster. */
  readonly passed: number;
  readonly calls: number;
  readonly longestQueue: number;
}> {
  cluster.aliveEvery = Math.max(5000, (most / 50) * 5000);
  const coordinator = new Coordinator(cluster, '/project', most, {}, new MemoryDisk('/project'));
  await coordinator.open();
  const { remote } = coordinator.executor;
  let next = 0;
  let open = 0;
  let failed = 0;
  const fill = () => {
    while (open < remote.most && next < instances) {
      const count = instances - next - 1;
      const outlook = { seconds, behind: { count, seconds: count * seconds } };
      const { job, result } = coordinator.run(`i${next}`, seconds, { outlook });
      next += 1;
      open += 1;
      void result.then(({ ok }) => {
        if (!ok) failed += 1;
        open -= 1;
        return remote.release(job.folder);
      });
    }
  };
  fill();
  while (open > 0 || next < instances) {
    await cluster.clock.pass(500);
    fill();
  }
  if (failed > 0) throw new Error(`${failed} instances failed`);
  const passed = cluster.clock.now() / 1000;
  return { passed, calls: cluster.calls.length, longestQueue: remote.most };
}
