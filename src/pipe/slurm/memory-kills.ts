import { readText } from '../core/machine.ts';

/** How often the kernel has killed a process of this one's control group for its use of memory; 0 where unknown. */
export function killsByMemory(): number {
  for (const line of readText('/proc/self/cgroup').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    const isOld = controllers.split(',').includes('memory');
    if (!isOld && controllers !== '') continue;
    const file = isOld
      ? `/sys/fs/cgroup/memory${path}/memory.oom_control`
      : `/sys/fs/cgroup${path}/memory.events`;
    const count = /^oom_kill (\d+)$/m.exec(readText(file))?.[1];
    if (count !== undefined) return Number(count);
  }
  return 0;
}
