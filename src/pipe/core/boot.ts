import { readFileSync } from 'node:fs';

/** Changes at every boot of the machine; empty if unknown. */
export function currentBoot(): string {
  return readText('/proc/sys/kernel/random/boot_id').trim();
}

/** Text of a file of the system; empty if it cannot be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
