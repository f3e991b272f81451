import { type ChildProcess, fork } from 'node:child_process';
import type { Failure } from './failure.ts';
import type { Reply, Request } from './protocol.ts';

/** Milliseconds between asking a process to end and ending it. */
export const GRACE = 3000;

/** Milliseconds to wait for output after the end of a process. */
const PATIENCE = 500;

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

export interface WorkerOptions {
  /** Path of the program. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Cores that its libraries are told to use. */
  readonly threads: number;
  /** The GPUs that it is to see; of none, it is not told. */
  readonly gpus: readonly string[];
}

/** One worker process and the request it is at. */
export class WorkerProcess {
  readonly pid: number;
  readonly threads: number;
  readonly #process: ChildProcess;
  readonly #ended: Promise<Answer>;
  #hasEnded = false;
  #tail = '';
  #onReply: ((reply: Reply) => void) | undefined;
  #onOutput: ((text: string) => void) | undefined;

  /** @throws when the system starts no process */
  static async start({ file, args, cwd, threads, gpus }: WorkerOptions): Promise<WorkerProcess> {
    const child = fork(file, args, {
      cwd,
      env: {
        ...process.env,
        ...threadLimits(threads),
        ...(gpus.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: gpus.join() }),
      },
      // Those of the runner are not meant for the stages.
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    if (child.pid === undefined) await new Promise((_, reject) => child.once('error', reject));
    return new WorkerProcess(child, child.pid ?? 0, threads);
  }

  private constructor(child: ChildProcess, pid: number, threads: number) {
    this.#process = child;
    this.pid = pid;
    this.threads = threads;
    child.on('message', (message) => this.#onReply?.(message as Reply));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#tail = (this.#tail + text).slice(-TAIL);
        this.#onOutput?.(text);
      });
    }
    // A signal that could not be sent: its end tells more.
    child.on('error', () => {});
    child.once('exit', () => {
      this.#hasEnded = true;
      // A process that the stage started may hold these open for ever.
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        if (child.connected) child.disconnect();
      }, PATIENCE).unref();
    });
    // Closed after the exit: the last words of the process are in its tail by then.
    this.#ended = new Promise((resolve) => {
      child.once('close', (exitCode, signal) => {
        resolve({ ended: { exitCode: exitCode ?? undefined, signal: signal ?? undefined } });
      });
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
    const kill = setTimeout(() => this.kill(), GRACE);
    await this.#ended;
    clearTimeout(kill);
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

/** Numeric libraries start a thread per core each unless they are told not to. */
function threadLimits(threads: number): Readonly<Record<string, string>> {
  const names = ['OMP', 'OPENBLAS', 'MKL', 'VECLIB_MAXIMUM', 'NUMEXPR', 'TF_INTRAOP'];
  return Object.fromEntries(names.map((name) => [`${name}_NUM_THREADS`, String(threads)]));
}
