/**
 * The program of a worker process: runs stages one after the other and answers questions about them.
 * Stages are loaded from the code snapshot, so an edit does not reach what runs.
 */
import { dirname } from 'node:path';
import { mapStacks } from '../loader/stack.ts';
import { stageFailure } from './failure.ts';
import { describeStage, parseParams } from './loaded-stage.ts';
import { hasPendingWork } from './pending-work.ts';
import { PROJECT_ROOT, restoreProcess } from './process-defaults.ts';
import { signalGroup } from './process-group.ts';
import type { Described, FinalReply, Reply, Request, RunRequest } from './protocol.ts';
import { runStage } from './run-stage.ts';
import { readSchemas } from './stage-schemas.ts';
import { Traces } from './traces.ts';

type Work = Exclude<Request, { type: 'abort' }>;

/** Aborts the stage that is running. */
let running: AbortController | undefined;

/** Made before the first code that can be checked runs. */
let traces: Traces | undefined;

// Someone may send it to every process of a run: it is the runner that ends its workers.
process.on('SIGINT', () => {});
// The runner is gone: nothing that a stage started stays either.
process.on('disconnect', () => signalGroup(process.pid, 'SIGKILL'));
process.on('uncaughtException', (error) => {
  if (running === undefined) throw error;
  // A callback or a promise that nobody awaits: this process may be in any state now.
  process.send?.({ type: 'failed', failure: stageFailure(error) } satisfies Reply, () =>
    process.exit(1),
  );
});
process.on('message', (request: Request) => {
  if (request.type === 'abort') running?.abort();
  else void answer(request).then(reply);
});

function ignore(): void {}

function reply(message: Reply): void {
  process.send?.(message);
}

async function answer(request: Work): Promise<FinalReply> {
  const { stages, check } = request;
  mapStacks({ folder: dirname(stages), projectRoot: PROJECT_ROOT });
  if (check !== undefined) {
    traces ??= new Traces();
    traces.remember(check.builtins);
  }
  const answered = await answerTo(request);
  restoreProcess();
  if (answered.type === 'failed' || check === undefined) return answered;
  const trace = traces?.find(check.isAssigning);
  return { ...answered, isClean: trace === undefined && !(await hasPendingWork()) };
}

async function answerTo(request: Work): Promise<FinalReply> {
  const { stages } = request;
  switch (request.type) {
    case 'run':
      // A cluster sends it to every process of a job that it ends: the stage has to write its checkpoint first.
      if (request.isSteady) process.on('SIGTERM', ignore);
      return await run(request).finally(() => process.off('SIGTERM', ignore));
    case 'describe':
      return { type: 'described', stages: await describeAll(stages, request.modules) };
    case 'schemas':
      return { type: 'schemas', stages: await readSchemas(stages, request.modules) };
    case 'parse': {
      const { module, params } = request;
      return {
        type: 'parsed',
        results: await parseParams(stages, module, params),
        description: await describeStage(stages, module),
      };
    }
  }
}

async function describeAll(stages: string, modules: readonly string[]): Promise<Described> {
  const entries = modules.map(async (name) => [name, await describeStage(stages, name)]);
  return Object.fromEntries(await Promise.all(entries));
}

async function run(request: RunRequest): Promise<FinalReply> {
  running = new AbortController();
  try {
    return await runStage(request, running.signal, reply);
  } finally {
    running = undefined;
  }
}
