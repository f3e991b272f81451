import { thisMachineType } from '../core/machine.ts';
import type { ActionRecord } from './action-log.ts';

/**
 * How that which made a result differs from this process, if it does: other bytes then say nothing about
 * the stage. Both have the same platform and major version of Node, which are in the key.
 */
export function otherMaker({
  machine = thisMachineType(),
  node = process.version,
}: Pick<ActionRecord, 'machine' | 'node'>): string | undefined {
  if (machine !== thisMachineType()) {
    return `on another type of machine (${machine}), which rounds differently`;
  }
  return node === process.version ? undefined : `by Node ${node}, and this is ${process.version}`;
}
