/**
 * The program of the guardian: outlives the runner for a moment and ends what that leaves. A worker that
 * computes without a pause, or waits for a program, does not notice that its runner was killed.
 *
 * Its input has a line per process group, `+ID` when it starts and `-ID` when it has ended; the end of the
 * input is the end of the runner.
 */
import { createInterface } from 'node:readline';
import { signalGroup } from './process-group.ts';

const groups = new Set<number>();

for await (const line of createInterface({ input: process.stdin })) {
  const id = Number(line.slice(1));
  if (line.startsWith('+')) groups.add(id);
  else groups.delete(id);
}
for (const id of groups) signalGroup(id, 'SIGKILL');
