import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import { type Disk, realDisk } from '../../src/runner/disk.ts';

/** Operations that change something: after each of them a machine may stop. */
const CHANGES = new Set<keyof Disk>([
  'makeFolder',
  'remove',
  'rename',
  'link',
  'protect',
  'write',
  'replace',
  'append',
  'copy',
  'sync',
]);

export interface FaultyDisk extends Disk {
  /** Changes so far. */
  readonly changes: () => number;
  /** Takes away what was written and not synced, as a power cut may. */
  readonly losePower: () => void;
}

/**
 * The real disk until a number of changes is done; from then on every access fails. An append that
 * is the first to fail leaves half of its text behind.
 *
 * @param error what it fails with, e.g. an ENOSPC for writes alone
 */
export function failAfter(
  count: number,
  error: () => Error = () => new Error('the machine stopped'),
  only: (operation: keyof Disk) => boolean = () => true,
): FaultyDisk {
  let changes = 0;
  const unsynced = new Set<string>();
  const handler: ProxyHandler<Disk> = {
    get(disk, property) {
      if (property === 'changes') return () => changes;
      if (property === 'losePower') return () => cutPower(unsynced);
      const operation = property as keyof Disk;
      const method = disk[operation] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        const isChange = CHANGES.has(operation);
        if (isChange) changes += 1;
        if (changes > count && only(operation)) {
          if (operation === 'append' && changes === count + 1) {
            const [path, text] = args as [string, string];
            appendFileSync(path, text.slice(0, text.length / 2));
          }
          throw error();
        }
        note(unsynced, operation, args as string[]);
        return method(...args);
      };
    },
  };
  return new Proxy(realDisk, handler) as FaultyDisk;
}

function note(unsynced: Set<string>, operation: keyof Disk, args: readonly string[]): void {
  const [first, second] = args;
  if (operation === 'copy') unsynced.add(second);
  if (operation === 'write') unsynced.add(first);
  if (operation === 'sync') unsynced.delete(first);
  if (operation === 'rename' && unsynced.delete(first)) unsynced.add(second);
}

function cutPower(unsynced: Set<string>): void {
  for (const path of unsynced) {
    try {
      truncateSync(path, Math.floor(readFileSync(path).length / 2));
    } catch {
      // Removed since, or read-only to a plain user.
    }
  }
}

/** What the system throws when the disk is full. */
export function diskFull(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}
