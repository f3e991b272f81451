import { execaNode } from 'execa';
import { OWN_GROUP } from './process-group.ts';

/** Starts, with the first process group to guard, the process that ends them all when this one is gone. */
export class Guardian {
  readonly #program: string;
  #process: ReturnType<typeof start> | undefined;

  /** @param program path of the compiled guardian */
  constructor(program: string) {
    this.#program = program;
  }

  /** @param leader id of a group that has started, or has ended */
  note(leader: number, isAlive: boolean): void {
    this.#process ??= start(this.#program);
    this.#process.stdin.write(`${isAlive ? '+' : '-'}${leader}\n`);
  }
}

function start(program: string) {
  const child = execaNode(program, {
    ...OWN_GROUP,
    // It needs nothing of it, and Node takes long to start with some of it.
    env: {},
    extendEnv: false,
    ipc: false,
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
    buffer: false,
    reject: false,
    nodeOptions: [],
  });
  // Without a guardian, workers still notice a closed channel, and the next run ends what is left.
  child.stdin.on('error', () => {});
  // It must not keep the runner: it ends with it.
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child;
}
