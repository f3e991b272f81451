import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readHeadline } from '../cache/metrics.ts';
import { mapStacks } from '../loader/stack.ts';
import type { Headline } from '../pipeline/contract.ts';
import { stageFailure } from './failure.ts';
import { codeOfWorker, FreshCode } from './fresh-code.ts';
import { loadStage } from './loaded-stage.ts';
import { collectOutputs, inspectOutputs, outputPaths } from './outputs.ts';
import { ENVIRONMENT, PROJECT_ROOT } from './process-defaults.ts';
import { endFollowers, quietMoment, secondsOfChildren } from './process-group.ts';
import type { FinalReply, Reply, RunRequest } from './protocol.ts';
import { runCommand, runProgram, type Work } from './run-command.ts';
import { captureOutput, throttleProgress } from './stage-output.ts';

/** What this process has loaded. */
const code = new FreshCode();

/**
 * Runs one instance in this process.
 *
 * @param send receives progress and lines of output meanwhile
 * @returns the reply that ends the request
 */
export async function runStage(
  request: RunRequest,
  signal: AbortSignal,
  send: (reply: Reply) => void,
): Promise<FinalReply> {
  const { job } = request;
  const output = captureOutput(job.log, (line) => send({ type: 'output', line }));
  const cpu = process.cpuUsage();
  const begin = quietMoment();
  const cpuOfChildren = secondsOfChildren();
  const memoryBefore = process.resourceUsage().maxRSS;
  process.chdir(job.folder);
  const progress = throttleProgress((value) => send({ type: 'progress', progress: value }));
  const paths = outputPaths(job.folder, job.outputs);
  const work: Work = { job, signal, outputs: paths, progress: progress.offer, output };
  try {
    const headline =
      job.command === undefined
        ? await runModule(request, work)
        : await runCommand(work, job.command, ENVIRONMENT);
    progress.flush();
    // They could still write to the outputs.
    const left = await endFollowers(begin);
    if (left > 0)
      console.error(
        `ended ${left === 1 ? 'a process' : `${left} processes`} that the stage left running`,
      );
    const fault = inspectOutputs(job.folder, job.outputs, job.command !== undefined);
    if (fault !== undefined) return { type: 'failed', failure: fault };
    const outputs = await collectOutputs(job.folder, job.outputs);
    const metrics = readHeadline(await headline());
    const { user, system } = process.cpuUsage(cpu);
    const { maxRSS } = process.resourceUsage();
    // The peak is that of the process: an earlier instance may have made it.
    const peakMemory = maxRSS > memoryBefore ? maxRSS * 1024 : process.memoryUsage.rss();
    const cpuSeconds = (user + system) / 1e6 + secondsOfChildren() - cpuOfChildren;
    return { type: 'finished', outputs, metrics, cpuSeconds, peakMemory };
  } catch (error) {
    return { type: 'failed', failure: stageFailure(error) };
  } finally {
    output.release();
  }
}

/** Runs a stage file. @returns what reads its headline metrics */
async function runModule(
  request: RunRequest,
  { job, signal, outputs, progress, output }: Work,
): Promise<() => Promise<Headline>> {
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
