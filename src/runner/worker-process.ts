import type { ChildProcess } from 'node:child_process';
import type { Failure } from './events.ts';
import type { Reply, Request } from './protocol.ts';

/** Milliseconds between asking a process to end and ending it. */
export const GRACE = 3000;

/** Characters of direct output kept, for what node prints when it dies. */
const TAIL = 4000;

type Final = Exclude<Reply, { type: 'progress' | 'output' }>;

/** How a request ended: with a reply, or with the process. */
export type Answer =
  | { readonly reply: Final }
  | {
      readonly ended: {
        readonly exitCode: number | undefined;
        readonly signal: string | undefined;
      };
    };

/** What is needed of execa's subprocess, whatever its options. */
export type Subprocess = ChildProcess &
  Promise<{ readonly exitCode?: number | undefined; readonly signal?: string | undefined }>;

/** One worker process and the request it is at. */
export class WorkerProcess {
  readonly pid: number;
  /** Cores that its libraries were told to use. */
  readonly threads: number;
  readonly #process: Subprocess;
  readonly #ended: Promise<Answer>;
  #hasEnded = false;
  #tail = '';
  #onReply: ((reply: Reply) => void) | undefined;
  #onOutput: ((text: string) => void) | undefined;

  constructor(process: Subprocess, threads: number) {
    this.#process = process;
    this.threads = threads;
    this.pid = process.pid ?? 0;
    process.on('message', (message) => this.#onReply?.(message as Reply));
    for (const stream of [process.stdout, process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#tail = (this.#tail + text).slice(-TAIL);
        this.#onOutput?.(text);
      });
    }
    // Never rejects: the process is started with reject: false.
    this.#ended = process.then(({ exitCode, signal }) => {
      this.#hasEnded = true;
      return { ended: { exitCode, signal } };
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What the process last wrote past the stage's own log: native libraries, and node when it dies. */
  get tail(): string {
    return this.#tail;
  }

  /** @param onOutput text that went directly to the process' output */
  async ask(
    request: Request,
    onReply: (reply: Reply) => void = () => {},
    onOutput?: (text: string) => void,
  ): Promise<Answer> {
    this.#tail = '';
    this.#onOutput = onOutput;
    const reply = new Promise<Answer>((resolve) => {
      this.#onReply = (message) => {
        if (message.type === 'progress' || message.type === 'output') onReply(message);
        else resolve({ reply: message });
      };
    });
    this.send(request);
    const answer = await Promise.race([reply, this.#ended]);
    this.#onReply = undefined;
    this.#onOutput = undefined;
    return answer;
  }

  send(request: Request): void {
    // A process that has just died is noticed by its end.
    this.#process.send?.(request as never, () => {});
  }

  /** Asks it to end and ends it after a while; resolves when it is gone. */
  async end(): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.#ended;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  async whenEnded(): Promise<void> {
    await this.#ended;
  }
}

/** Why a process that ended by itself did so. */
export function failureOfEnd(
  {
    exitCode,
    signal,
  }: { readonly exitCode: number | undefined; readonly signal: string | undefined },
  tail: string,
): Failure {
  if (/heap out of memory|bad_alloc|OutOfMemory|Allocation failed/.test(tail)) {
    return {
      kind: 'out-of-memory',
      message: 'the stage ran out of memory',
      hint: 'make its batches smaller, or raise the heap: NODE_OPTIONS=--max-old-space-size=8192',
    };
  }
  if (signal === 'SIGKILL') {
    return {
      kind: 'killed',
      message: 'its process was killed (SIGKILL)',
      hint: 'when nobody did that, the system ran out of memory: use fewer --jobs, or set resources.memory',
    };
  }
  if (signal !== undefined) {
    return {
      kind: 'killed',
      message: `its process was ended by ${signal}`,
      hint: 'a crash in a native library does this; its log may say more',
    };
  }
  return {
    kind: 'exited',
    message: `its process exited with code ${exitCode ?? 'unknown'} before the stage was done`,
    hint: 'a stage must not call process.exit: return, or throw an error',
  };
}
