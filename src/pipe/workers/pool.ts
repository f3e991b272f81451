import { appendFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { ProcessCheck, StageModules } from '../code/stage-modules.ts';
import { realClock } from '../core/clock.ts';
import { gpuIds } from '../core/machine.ts';
import type { Executor, Job, JobObserver, JobResult } from './executor.ts';
import type { FinalReply, Question, Reply } from './protocol.ts';
import { GRACE } from './start-process.ts';
import { explainExit } from './worker-exit.ts';
import { type Answer, WorkerProcess } from './worker-process.ts';

/** A worker that has grown beyond this is replaced, in bytes. */
const MEMORY_TO_RETIRE = 1.5e9;

interface PoolOptions {
  /** Folder of the compiled programs. */
  readonly programs: string;
  /** Folder of the compiled stage modules. */
  readonly stages: string;
  readonly cwd: string;
  /** Milliseconds for which a stage that is to stop may go on; by default a second. */
  readonly grace?: number;
  /** Whether stages are to survive SIGTERM, which others may send to all processes. */
  readonly isSteady?: boolean;
  /** Where workers keep the code of an instance; by default beside its folder. */
  readonly temporary?: string;
  /** Of a stage file. */
  readonly modulesOf?: (module: string) => StageModules | undefined;
  /** Called when a process starts and when it ends, so that those of a killed runner can be found. */
  readonly onProcess?: (pid: number, alive: boolean) => void;
}

/** A worker that was started before its pool, which takes it over. */
let earlyWorker: Promise<WorkerProcess> | undefined;

/** Starts a worker for stage files while the code that it will run is still being transpiled. */
export function startEarly(programs: string, cwd: string): void {
  const file = join(programs, STAGES);
  earlyWorker = WorkerProcess.start({ ...QUESTIONS, file, cwd, gpus: [] }, textOf(QUESTIONS));
  // Reported by the pool that takes it.
  earlyWorker.catch(() => {});
}

/** Ends the early worker if no pool has taken it. */
export async function endEarly(): Promise<void> {
  const worker = await takeEarly()?.catch(() => undefined);
  worker?.kill();
}

function takeEarly(): Promise<WorkerProcess> | undefined {
  const worker = earlyWorker;
  earlyWorker = undefined;
  return worker;
}

/** The programs: one for stage files and questions about them, one for commands. */
const STAGES = 'worker.js';
const COMMANDS = 'command-worker.js';

/** What a worker is started for. */
interface Use {
  readonly program: string;
  readonly threads: number;
  readonly env: Job['env'];
}

const QUESTIONS: Use = { program: STAGES, threads: 1, env: {} };

/**
 * Worker processes, started when needed. One is used again as long as it is as if nothing had run in it, or
 * by what may run in any.
 */
export class WorkerPool implements Executor {
  readonly #options: PoolOptions;
  readonly #all = new Set<WorkerProcess>();
  /** Idle ones that are as if nothing had run in them. */
  readonly #clean: WorkerProcess[] = [];
  /** Idle ones that have loaded code of which something may be left. */
  readonly #used: WorkerProcess[] = [];
  readonly #asking = pLimit(availableParallelism());
  readonly #allGpus = gpuIds();
  /** Free GPUs, in the order of their ids. */
  #gpus = this.#allGpus;
  #closed = false;
  #prepared: Promise<void> | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Ids of the living processes. */
  get pids(): readonly number[] {
    return [...this.#all].map(({ pid }) => pid);
  }

  /** Starts a worker that will be needed soon. */
  prepare(): void {
    // If this fails, so does the next start, which reports why.
    this.#prepared ??= this.#start(QUESTIONS).then(
      (worker) => void this.#clean.push(worker),
      () => {},
    );
  }

  async run(job: Job, observer: JobObserver, signal: AbortSignal): Promise<JobResult> {
    const gpus = this.#gpus.slice(0, job.gpus);
    this.#gpus = this.#gpus.slice(job.gpus);
    try {
      return await this.#run(job, gpus, observer, signal);
    } finally {
      const free = new Set([...this.#gpus, ...gpus]);
      this.#gpus = this.#allGpus.filter((id) => free.has(id));
    }
  }

  async #run(
    job: Job,
    gpus: readonly string[],
    observer: JobObserver,
    signal: AbortSignal,
  ): Promise<JobResult> {
    if (signal.aborted) return { ok: false, cancelled: true };
    let worker: WorkerProcess;
    try {
      const { threads, env, command } = job;
      const use = { program: command === undefined ? STAGES : COMMANDS, threads, env };
      const own = gpus.length > 0 ? this.#start(use, gpus) : this.#take(use, job.sharesProcess);
      worker = await own;
    } catch (error) {
      const message = `cannot start a worker process: ${(error as Error).message}`;
      return { ok: false, failure: { kind: 'worker', message, hint: 'try fewer --jobs' } };
    }
    let why: 'timeout' | 'cancelled' | undefined;
    const { grace = GRACE / 3, isSteady = false, stages, temporary } = this.#options;
    const stop = (reason: 'timeout' | 'cancelled') => {
      why ??= reason;
      worker.send({ type: 'abort' });
      // Time for a stage that listens to its signal to write a checkpoint.
      setTimeout(() => void worker.end(), grace).unref();
    };
    const cancel = () => stop('cancelled');
    signal.addEventListener('abort', cancel, { once: true });
    const cancelTimeout =
      job.timeout === undefined ? undefined : realClock.after(job.timeout, () => stop('timeout'));
    const { timeout: _, ...told } = job;
    const asked = worker.ask(
      { type: 'run', job: told, stages, isSteady, temporary, ...this.#codeOf(job) },
      (reply) => observe(reply, observer),
      (text) => appendFileSync(job.log, text),
    );
    // After the request, so that reporting the start does not delay the stage.
    observer.started(worker.pid);
    const answer = await asked;
    cancelTimeout?.();
    signal.removeEventListener('abort', cancel);

    const result = resultOf(answer, worker, why, job);
    // Memory on a GPU is freed when the process ends, and what a failed stage left is nothing for the next.
    const isUsable = result.ok && why === undefined && result.peakMemory < MEMORY_TO_RETIRE;
    if (isUsable && gpus.length === 0 && isClean(answer)) this.#clean.push(worker);
    else if (isUsable && gpus.length === 0 && job.sharesProcess) this.#used.push(worker);
    else await worker.end();
    return result;
  }

  #codeOf({ command, module, sharesProcess }: Job): Partial<StageModules> {
    // No code of the project runs in the worker.
    if (command !== undefined) return {};
    const modules = this.#options.modulesOf?.(module);
    // Its packages may know its modules from another instance, as what was registered there.
    return modules?.check === undefined && sharesProcess ? {} : (modules ?? {});
  }

  /** Asks a worker about stages; of many questions at once, a few workers answer. */
  ask(question: Question): Promise<FinalReply> {
    return this.#asking(() => this.#ask(question));
  }

  async #ask(question: Question): Promise<FinalReply> {
    const check = this.#checkOf(question);
    const worker = await this.#take(QUESTIONS, check === undefined);
    const answer = await worker.ask({ ...question, stages: this.#options.stages, check });
    if ('exit' in answer) {
      const { message, hint } = explainExit(answer.exit, worker.tail);
      throw new Error(
        `${message.replace('its process', 'a worker')}; ${hint}\n${worker.tail}`.trim(),
      );
    }
    (isClean(answer) ? this.#clean : this.#used).push(worker);
    return answer.reply;
  }

  #checkOf(question: Question): ProcessCheck | undefined {
    const { modulesOf } = this.#options;
    const modules = question.type === 'parse' ? [question.module] : question.modules;
    const checks = modules.map((module) => modulesOf?.(module)?.check);
    if (modulesOf === undefined || !checks.every((check) => check !== undefined)) return undefined;
    return {
      builtins: [...new Set(checks.flatMap(({ builtins }) => builtins))],
      isAssigning: checks.every(({ isAssigning }) => isAssigning),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    // Idle workers have nothing to finish.
    for (const worker of [...this.#clean, ...this.#used]) worker.kill();
    await Promise.all([...this.#all].map((worker) => worker.end()));
  }

  kill(): void {
    this.#closed = true;
    for (const worker of this.#all) worker.kill();
  }

  /** Stops all processes until they are resumed. */
  suspend(): void {
    for (const worker of this.#all) worker.signal('SIGSTOP');
  }

  resume(): void {
    for (const worker of this.#all) worker.signal('SIGCONT');
  }

  /** @param isAny whether one will do in which something may be left */
  async #take(use: Use, isAny = false): Promise<WorkerProcess> {
    if (use.program === STAGES) await this.#prepared;
    const wanted = textOf(use);
    for (const idle of isAny ? [this.#used, this.#clean] : [this.#clean]) {
      const index = idle.findLastIndex((worker) => worker.use === wanted && !worker.hasEnded);
      if (index !== -1) return idle.splice(index, 1)[0];
    }
    return await this.#start(use);
  }

  async #start(use: Use, gpus: readonly string[] = []): Promise<WorkerProcess> {
    if (this.#closed) throw new Error('the run is over');
    const { programs, cwd, onProcess } = this.#options;
    const file = join(programs, use.program);
    const isPlain = gpus.length === 0 && textOf(use) === textOf(QUESTIONS);
    const early = isPlain ? takeEarly() : undefined;
    const worker = await (early ?? WorkerProcess.start({ ...use, file, cwd, gpus }, textOf(use)));
    this.#all.add(worker);
    onProcess?.(worker.pid, true);
    void worker.whenEnded().then(() => {
      this.#all.delete(worker);
      onProcess?.(worker.pid, false);
    });
    return worker;
  }
}

/** Workers are alike if this is. */
function textOf({ program, threads, env }: Use): string {
  return JSON.stringify([program, threads, env]);
}

function isClean(answer: Answer): boolean {
  if ('exit' in answer || answer.reply.type === 'failed') return false;
  return answer.reply.isClean === true;
}

function observe(reply: Reply, observer: JobObserver): void {
  if (reply.type === 'progress') observer.progress(reply.progress);
  else if (reply.type === 'output') observer.output(reply.line);
}

function resultOf(
  answer: Answer,
  worker: WorkerProcess,
  why: 'timeout' | 'cancelled' | undefined,
  job: Job,
): JobResult {
  if (why === 'cancelled') return { ok: false, cancelled: true };
  if (why === 'timeout') {
    const seconds = (job.timeout ?? 0) / 1000;
    const message = `the stage did not finish within its timeout of ${seconds} s`;
    return {
      ok: false,
      failure: { kind: 'timeout', message, hint: 'raise `timeout` of the stage in pipeline.yaml' },
    };
  }
  if ('exit' in answer) return { ok: false, failure: explainExit(answer.exit, worker.tail) };
  const { reply } = answer;
  if (reply.type === 'finished') {
    const { outputs, metrics, cpuSeconds, peakMemory } = reply;
    return { ok: true, outputs, metrics, cpuSeconds, peakMemory };
  }
  if (reply.type === 'failed') return { ok: false, failure: reply.failure };
  throw new Error(`a worker answered '${reply.type}' to a job`);
}
