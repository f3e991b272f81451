import { join } from 'node:path';
import type { Disk } from '../disk/disk.ts';
import type { Paths } from '../disk/paths.ts';

/** What a run without the cluster should know of jobs that an earlier one has left there; `undefined` if of none. */
export function describeLeftJobs(disk: Disk, { slurm }: Paths): string | undefined {
  const count = disk.list(join(slurm, 'in')).length;
  if (count === 0) return undefined;
  const name = disk.read(join(slurm, 'name'))?.toString('utf8') ?? '';
  const jobs = count === 1 ? 'a job' : `${count} jobs`;
  return `${jobs} of an earlier run may still be on the cluster: pipe run --on slurm takes over, scancel --name=${name} ends`;
}
