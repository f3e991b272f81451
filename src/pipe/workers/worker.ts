/**
 * The program of a worker process: runs stages one after the other and answers questions about them.
 * It runs from the code snapshot, so what is edited meanwhile does not reach it.
 */
import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OutputRecord } from '../cache/fingerprint.ts';
import { readHeadline } from '../cache/metrics.ts';
import { digestFile } from '../core/digest.ts';
import type { Json } from '../core/json.ts';
import { mapStacks } from '../loader/stack.ts';
import type { AnyStage, Progress } from '../pipeline/contract.ts';
import type { ParsedParams } from '../pipeline/graph.ts';
import { stageFailure } from './failure.ts';
import { inspectOutputs } from './outputs.ts';
import type { Described, LoadFailure, Reply, Request } from './protocol.ts';

/** Progress is told at most this often, in milliseconds. */
const PROGRESS_INTERVAL = 100;

/** Folder of the compiled stage modules. */
const stageFolder = process.argv[2];

type RunRequest = Extract<Request, { type: 'run' }>['job'];

mapStacks({ folder: dirname(stageFolder), projectRoot: process.cwd() });

let running: { readonly job: RunRequest; readonly controller: AbortController } | undefined;

// A terminal sends Ctrl-C to the whole group: it is the runner that ends its workers.
process.on('SIGINT', () => {});
// Nobody is left to work for.
process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', (error) => {
  if (running === undefined) throw error;
  // A callback or a promise that nobody awaits: the state of this process is not known any more.
  process.send?.({ type: 'failed', failure: stageFailure(error) } satisfies Reply, () =>
    process.exit(1),
  );
});
process.on('message', (request: Request) => {
  if (request.type === 'abort') running?.controller.abort();
  else void answer(request).then(reply);
});

function reply(message: Reply): void {
  process.send?.(message);
}

async function answer(request: Exclude<Request, { type: 'abort' }>): Promise<Reply> {
  switch (request.type) {
    case 'run':
      return await run(request.job);
    case 'describe':
      return {
        type: 'described',
        stages: Object.fromEntries(
          await Promise.all(request.modules.map(async (name) => [name, await describe(name)])),
        ),
      };
    case 'parse':
      return {
        type: 'parsed',
        results: await parse(request.module, request.params),
        description: await describe(request.module),
      };
  }
}

async function load(module: string): Promise<AnyStage> {
  const url = pathToFileURL(join(stageFolder, `${module}.js`)).href;
  const { default: stage } = (await import(url)) as { readonly default?: AnyStage };
  if (typeof stage?.run !== 'function' || typeof stage.params?.safeParse !== 'function') {
    throw new Error(
      `stages/${module}.ts must export a stage as its default: export default defineStage({ params, inputs, outputs, run })`,
    );
  }
  return stage;
}

async function describe(module: string): Promise<Described[string]> {
  try {
    const { inputs, outputs, params } = await load(module);
    const { shape = {} } = params as { readonly shape?: object };
    return { inputs, outputs, paramKeys: Object.keys(shape) };
  } catch (error) {
    return loadFailure(error);
  }
}

async function parse(
  module: string,
  params: readonly Json[],
): Promise<readonly ParsedParams[] | LoadFailure> {
  try {
    const stage = await load(module);
    return params.map((value) => parseOne(stage, value));
  } catch (error) {
    return loadFailure(error);
  }
}

function parseOne(stage: AnyStage, value: Json): ParsedParams {
  const parsed = stage.params.safeParse(value);
  if (parsed.success) {
    const params = parsed.data as Json;
    return stage.cost === undefined
      ? { ok: true, params }
      : { ok: true, params, cost: stage.cost(params as never) };
  }
  const issues = parsed.error.issues.map(({ path, message }) => ({
    path: path.map((step) => (typeof step === 'symbol' ? String(step) : step)),
    message,
  }));
  return { ok: false, issues };
}

async function run(job: RunRequest): Promise<Reply> {
  const controller = new AbortController();
  running = { job, controller };
  const restore = capture(job.log);
  const cpu = process.cpuUsage();
  const memoryBefore = process.resourceUsage().maxRSS;
  process.chdir(job.folder);
  // What a shell or npm left there leads to the project.
  process.env.PWD = job.folder;
  for (const name of ['OLDPWD', 'INIT_CWD']) delete process.env[name];
  const progress = throttle((value) => reply({ type: 'progress', progress: value }));
  try {
    const stage = await load(job.module);
    const parsed = stage.params.safeParse(job.params);
    if (!parsed.success) throw new Error(`its schema refuses its own params: ${parsed.error}`);
    const files = Object.entries(job.outputs).map(([name, file]) => [name, join(job.folder, file)]);
    await stage.run({
      params: parsed.data,
      inputs: job.inputs,
      outputs: Object.fromEntries(files),
      checkpoint: {
        get folder() {
          mkdirSync(job.checkpoint, { recursive: true });
          return job.checkpoint;
        },
      },
      signal: controller.signal,
      progress: progress.offer,
      log: (message: string) => console.log(message),
    } as never);
    progress.flush();
    const fault = inspectOutputs(job.folder, job.outputs);
    if (fault !== undefined) return { type: 'failed', failure: fault };
    const outputs: OutputRecord[] = [];
    for (const [name, path] of files) {
      outputs.push({ name, digest: await digestFile(path), size: statSync(path).size });
    }
    const metrics = readHeadline(
      (await stage.headline?.(Object.fromEntries(files) as never)) ?? {},
    );
    const { user, system } = process.cpuUsage(cpu);
    const { maxRSS } = process.resourceUsage();
    // The peak is that of the process: an earlier instance may have made it.
    const peak = maxRSS > memoryBefore ? maxRSS * 1024 : process.memoryUsage.rss();
    const cpuSeconds = (user + system) / 1e6;
    return { type: 'finished', outputs, metrics, cpuSeconds, peakMemory: peak };
  } catch (error) {
    return { type: 'failed', failure: stageFailure(error) };
  } finally {
    restore();
    running = undefined;
  }
}

/** Sends what the stage prints to its log, at once: it is there even if the next step kills the process. */
function capture(path: string): () => void {
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write);
  let rest = '';
  for (const stream of streams) {
    stream.write = (chunk: string | Uint8Array, ...more: readonly unknown[]) => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      appendFileSync(path, text);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) reply({ type: 'output', line });
      const callback = more.find((value) => typeof value === 'function');
      if (callback !== undefined) process.nextTick(callback as () => void);
      return true;
    };
  }
  return () => {
    for (const [i, stream] of streams.entries()) stream.write = originals[i];
  };
}

function throttle(send: (progress: Progress) => void) {
  let last = 0;
  let waiting: Progress | undefined;
  return {
    offer(progress: Progress): void {
      const now = performance.now();
      if (now - last < PROGRESS_INTERVAL) {
        waiting = progress;
        return;
      }
      last = now;
      waiting = undefined;
      send(progress);
    },
    flush(): void {
      if (waiting !== undefined) send(waiting);
    },
  };
}

function loadFailure(error: unknown): LoadFailure {
  const { message, stack } = stageFailure(error);
  return { error: message, ...(stack === undefined ? {} : { stack }) };
}
