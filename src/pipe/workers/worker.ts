/**
 * The program of a worker process: runs stages one after the other and answers questions about them.
 * Stages are loaded from the code snapshot, so an edit does not reach what runs.
 */
import { dirname } from 'node:path';
import { mapStacks } from '../loader/stack.ts';
import { stageFailure } from './failure.ts';
import { describeStage, parseParams } from './loaded-stage.ts';
import { signalGroup } from './process-group.ts';
import type { Described, Reply, Request, RunJob } from './protocol.ts';
import { runStage } from './run-stage.ts';
import { readSchemas } from './stage-schemas.ts';

const projectRoot = process.cwd();

/** Aborts the stage that is running. */
let running: AbortController | undefined;

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

async function answer(request: Exclude<Request, { type: 'abort' }>): Promise<Reply> {
  const { stages } = request;
  mapStacks({ folder: dirname(stages), projectRoot });
  switch (request.type) {
    case 'run':
      // A cluster sends it to every process of a job that it ends: the stage has to write its checkpoint first.
      if (request.isSteady) process.on('SIGTERM', ignore);
      return await run(stages, request.job).finally(() => process.off('SIGTERM', ignore));
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

async function run(stages: string, job: RunJob): Promise<Reply> {
  running = new AbortController();
  try {
    return await runStage(stages, job, running.signal, reply);
  } finally {
    running = undefined;
  }
}
