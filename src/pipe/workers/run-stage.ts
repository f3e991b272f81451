import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mapStacks } from '../loader/stack.ts';
import type { Headline } from '../pipeline/contract.ts';
import { codeOfWorker, FreshCode } from './fresh-code.ts';
import { loadStage } from './loaded-stage.ts';
import { ENVIRONMENT, PROJECT_ROOT } from './process-defaults.ts';
import type { RunRequest } from './protocol.ts';
import type { Given } from './run-job.ts';
import { runProgram } from './run-program.ts';

/** What this process has loaded. */
const code = new FreshCode();

/** Runs a stage file in this process. @returns what reads its headline metrics */
export async function runStage(
  request: RunRequest,
  { job, signal, outputs, progress, output }: Given,
): Promise<() => Promise<Headline>> {
  process.chdir(job.folder);
  const stage = await loadStage(linkStages(request), job.module);
  await stage.run({
    // As the schema made them when the pipeline was read: what is in the key is what runs.
    params: job.params,
    inputs: job.inputs,
    outputs,
    checkpoint: {
      get folder() {
        mkdirSync(job.checkpoint, { recursive: true });
        return job.checkpoint;
      },
    },
    signal,
    progress,
    log: (message: string) => console.log(message),
    command: (words: readonly (string | URL)[]) =>
      runProgram(
        words.map((word) => (typeof word === 'string' ? word : fileURLToPath(word))),
        { cwd: job.folder, env: ENVIRONMENT, signal, output },
      ),
  } as never);
  return async () => (await stage.headline?.(outputs as never)) ?? {};
}

/** The folder of stage modules. */
function linkStages({ job, stages, files, temporary }: RunRequest): string {
  if (files === undefined) return stages;
  const snapshot = dirname(stages);
  const parent = codeOfWorker(temporary ?? dirname(job.folder), process.pid);
  const folder = code.next(snapshot, job.module, files, parent);
  mapStacks({ folder, projectRoot: PROJECT_ROOT, maps: snapshot });
  return join(folder, 'stages');
}
