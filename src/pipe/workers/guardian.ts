import { execa } from 'execa';
import { OWN_GROUP } from './process-group.ts';

/**
 * The program of the guardian: outlives the runner for a moment and ends what that leaves. A worker that
 * computes without a pause, or waits for a program, does not notice that its runner was killed.
 *
 * Its input has a line per process group, `+ID` when it starts and `-ID` when it has ended; the end of the
 * input is the end of the runner. A shell starts in a thirtieth of the time that Node takes.
 */
const PROGRAM = `
groups=
while read -r line; do
  id=\${line#?}
  others=
  for group in $groups; do [ "$group" = "$id" ] || others="$others $group"; done
  case $line in
    +*) groups="$others $id" ;;
    *) groups=$others ;;
  esac
done
for group in $groups; do kill -KILL "-$group"; done
`;

/** Starts, with the first process group to guard, the process that ends them all when this one is gone. */
export class Guardian {
  #process: ReturnType<typeof start> | undefined;

  /** @param leader id of a group that has started, or has ended */
  note(leader: number, isAlive: boolean): void {
    this.#process ??= start();
    this.#process.stdin.write(`${isAlive ? '+' : '-'}${leader}\n`);
  }
}

function start() {
  const child = execa('/bin/sh', ['-c', PROGRAM], {
    ...OWN_GROUP,
    // It needs nothing of it.
    env: {},
    extendEnv: false,
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
    buffer: false,
    reject: false,
  });
  // Without a guardian, workers still notice a closed channel, and the next run ends what is left.
  child.stdin.on('error', () => {});
  // It must not keep the runner: it ends with it.
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child;
}
