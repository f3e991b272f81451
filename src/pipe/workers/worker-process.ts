import { signalGroup } from './process-group.ts';
import type { FinalReply, Reply, Request } from './protocol.ts';
import { GRACE, type NodeProcess, type ProcessOptions, startProcess } from './start-process.ts';
import type { WorkerExit } from './worker-exit.ts';

/** Characters of direct output kept, for what node prints when it dies. */
const TAIL = 4000;

/** How a request ended: with a reply, or with the process. */
export type Answer = { readonly reply: FinalReply } | { readonly exit: WorkerExit };

/** One worker process and the request it is working on. */
export class WorkerProcess {
  readonly pid: number;
  /** What tells it from others, which were started for something else. */
  readonly use: string;
  readonly #process: NodeProcess;
  readonly #exit: Promise<Answer>;
  #hasEnded = false;
  #tail = '';
  #onReply: ((reply: Reply) => void) | undefined;
  #onOutput: ((text: string) => void) | undefined;

  /** @throws when the system starts no process */
  static async start(options: ProcessOptions, use: string): Promise<WorkerProcess> {
    const child = startProcess(options);
    if (child.pid === undefined) throw new Error((await child).shortMessage);
    return new WorkerProcess(child, child.pid, use);
  }

  private constructor(child: NodeProcess, pid: number, use: string) {
    this.#process = child;
    this.pid = pid;
    this.use = use;
    child.all.setEncoding('utf8').on('data', (text: string) => {
      this.#tail = (this.#tail + text).slice(-TAIL);
      this.#onOutput?.(text);
    });
    child.once('exit', () => {
      this.#hasEnded = true;
    });
    child.on('message', (message: unknown) => this.#onReply?.(message as Reply));
    // Resolves when the streams are closed: the last words of the process are in its tail by then.
    this.#exit = child.then(({ exitCode, signal }) => ({ exit: { exitCode, signal } }));
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
    const answer = await Promise.race([reply, this.#exit]);
    this.#onReply = undefined;
    this.#onOutput = undefined;
    return answer;
  }

  send(request: Request): void {
    // A process that has just died is noticed by its end.
    this.#process.send(request, () => {});
  }

  /** Asks the process and all that it started to end, and kills them if they do not; resolves when it is gone. */
  async end(): Promise<void> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.kill(), GRACE);
    await this.#exit;
    clearTimeout(timer);
  }

  /** Ends the process and all that it started, at once. */
  kill(): void {
    this.signal('SIGKILL');
  }

  /** Sends a signal to the process and all that it started. */
  signal(name: NodeJS.Signals): void {
    // Later the id may be that of another process.
    if (!this.#hasEnded) signalGroup(this.pid, name);
  }

  async whenEnded(): Promise<void> {
    await this.#exit;
  }
}
