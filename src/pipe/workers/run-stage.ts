import { mkdirSync } from 'node:fs';
import { readHeadline } from '../cache/metrics.ts';
import { stageFailure } from './failure.ts';
import { loadStage } from './loaded-stage.ts';
import { collectOutputs, inspectOutputs, outputPaths } from './outputs.ts';
import { endFollowers, reapedChildren } from './process-group.ts';
import type { Reply, RunJob } from './protocol.ts';
import { captureOutput, throttleProgress } from './stage-output.ts';

/**
 * Runs one instance in this process.
 *
 * @param folder of the compiled stage modules
 * @param send receives progress and lines of output meanwhile
 * @returns the reply that ends the request
 */
export async function runStage(
  folder: string,
  job: RunJob,
  signal: AbortSignal,
  send: (reply: Reply) => void,
): Promise<Reply> {
  const release = captureOutput(job.log, (line) => send({ type: 'output', line }));
  const cpu = process.cpuUsage();
  const reaped = reapedChildren();
  const memoryBefore = process.resourceUsage().maxRSS;
  process.chdir(job.folder);
  // What a shell or npm left there leads to the project.
  process.env.PWD = job.folder;
  for (const name of ['OLDPWD', 'INIT_CWD']) delete process.env[name];
  const progress = throttleProgress((value) => send({ type: 'progress', progress: value }));
  try {
    const stage = await loadStage(folder, job.module);
    const files = outputPaths(job.folder, job.outputs);
    await stage.run({
      // As the schema made them when the pipeline was read: what is in the key is what runs.
      params: job.params,
      inputs: job.inputs,
      outputs: files,
      checkpoint: {
        get folder() {
          mkdirSync(job.checkpoint, { recursive: true });
          return job.checkpoint;
        },
      },
      signal,
      progress: progress.offer,
      log: (message: string) => console.log(message),
    } as never);
    progress.flush();
    // They could still write to the outputs.
    const left = await endFollowers(reaped);
    if (left > 0)
      console.error(
        `ended ${left === 1 ? 'a process' : `${left} processes`} that the stage left running`,
      );
    const fault = inspectOutputs(job.folder, job.outputs);
    if (fault !== undefined) return { type: 'failed', failure: fault };
    const outputs = await collectOutputs(job.folder, job.outputs);
    const metrics = readHeadline((await stage.headline?.(files as never)) ?? {});
    const { user, system } = process.cpuUsage(cpu);
    const { maxRSS } = process.resourceUsage();
    // The peak is that of the process: an earlier instance may have made it.
    const peakMemory = maxRSS > memoryBefore ? maxRSS * 1024 : process.memoryUsage.rss();
    const cpuSeconds = (user + system) / 1e6;
    return { type: 'finished', outputs, metrics, cpuSeconds, peakMemory };
  } catch (error) {
    return { type: 'failed', failure: stageFailure(error) };
  } finally {
    release();
  }
}
