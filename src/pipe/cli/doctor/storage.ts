import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { isElsewhere } from '../../core/cache-folder.ts';
import { sum } from '../../core/collections.ts';
import type { Disk } from '../../disk/disk.ts';
import { lockHolder } from '../../disk/lock.ts';
import type { DoctorLine } from '../../pipeline/contract.ts';
import type { Project } from '../../project/project.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import { runIds } from '../../runs/files.ts';

/** Bytes; with less, a run may not be able to finish. */
const LEAST_FREE = 1e9;

/** Looks at the disk, the cache and the lock. */
export function checkStorage({ cache, root }: Project): readonly DoctorLine[] {
  const { paths } = cache;
  const place = isElsewhere(root) ? [{ subject: 'cache', text: `in ${paths.cache}` }] : [];
  const disks = isElsewhere(root) ? [root, paths.cache] : [root];
  return [...disks.flatMap(checkDisk), ...place, ...describeCache(cache), describeLock(cache)];
}

function checkDisk(folder: string): readonly DoctorLine[] {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const line = { subject: 'disk', text: `${formatBytes(free)} free for ${folder}` };
  if (free >= LEAST_FREE) return [line];
  const text = `less than ${formatBytes(LEAST_FREE)} free for ${folder}`;
  return [line, { subject: 'disk', text, fix: 'free some space: npx pipe gc' }];
}

function describeCache({ actions, blobs, disk, paths }: Project['cache']): readonly DoctorLine[] {
  const lines: DoctorLine[] = [];
  if (!isWritable(disk, paths.cache)) {
    const text = `${paths.show(paths.cache)}/ cannot be written to`;
    lines.push({ subject: 'cache', text, fix: 'make it writable for this user' });
  }
  const sizes = [...blobs.list()].map((digest) => disk.stat(paths.blob(digest))?.size ?? 0);
  const size = formatBytes(sum(sizes));
  const stored = `${formatCount(actions.size, 'action')}, ${formatCount(sizes.length, 'blob')} of ${size}`;
  const runs = formatCount(runIds(disk, paths.runs).length, 'run');
  lines.push({ subject: 'cache', text: `${stored}, ${runs}` });
  const checkpoints = disk.list(paths.checkpoints).filter((name) => !name.includes('.')).length;
  if (checkpoints > 0) {
    const text = `${formatCount(checkpoints, 'checkpoint')} of interrupted instances`;
    lines.push({ subject: 'cache', text });
  }
  return lines;
}

/** A lock that a dead process left is no problem: the next run takes it over. */
function describeLock({ disk, paths }: Project['cache']): DoctorLine {
  const holder = lockHolder(disk, paths.lock);
  if (holder !== undefined) {
    return { subject: 'lock', text: `held by process ${holder.pid} since ${holder.since}` };
  }
  const isLeft = disk.stat(paths.lock) !== undefined;
  const note = isLeft ? '; left by a killed run, the next run takes it over' : '';
  return { subject: 'lock', text: `free${note}` };
}

function isWritable(disk: Disk, folder: string): boolean {
  const probe = join(folder, `writable.${process.pid}.tmp`);
  try {
    disk.makeFolder(folder);
    disk.write(probe, '');
    disk.remove(probe);
    return true;
  } catch {
    return false;
  }
}
