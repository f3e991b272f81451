/**
 * The program of a worker process: runs stages one after the other and answers questions about them.
 * Stages are loaded from the code snapshot, so an edit does not reach what runs.
 */
import { dirname } from 'node:path';
import { mapStacks } from '../loader/stack.ts';
import { describeStage, parseParams } from './loaded-stage.ts';
import { hasPendingWork } from './pending-work.ts';
import { PROJECT_ROOT, restoreProcess } from './process-defaults.ts';
import type { Described, FinalReply } from './protocol.ts';
import { runJob } from './run-job.ts';
import { runStage } from './run-stage.ts';
import { perform, reply, serve, type Work } from './serve.ts';
import { readSchemas } from './stage-schemas.ts';
import { Traces } from './traces.ts';

/** Made before the first code that can be checked runs. */
let traces: Traces | undefined;

serve(answer);

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
      return await perform(request, (signal) =>
        runJob(request.job, signal, reply, (given) => runStage(request, given)),
      );
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
