import { readHeadline } from '../cache/metrics.ts';
import type { Headline, Progress } from '../pipeline/contract.ts';
import { stageFailure } from './failure.ts';
import { collectOutputs, inspectOutputs, outputPaths } from './outputs.ts';
import { endFollowers, quietMoment } from './process-group.ts';
import type { FinalReply, Reply, RunJob } from './protocol.ts';
import { captureOutput, type StageOutput, throttleProgress } from './stage-output.ts';

/** What a job is run with. */
export interface Given {
  readonly job: RunJob;
  readonly signal: AbortSignal;
  /** Absolute paths by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly progress: (progress: Progress) => void;
  readonly output: StageOutput;
}

/**
 * Runs one job in this process.
 *
 * @param send receives progress and lines of output meanwhile
 * @param run returns what reads the headline metrics
 * @returns the reply that ends the request
 */
export async function runJob(
  job: RunJob,
  signal: AbortSignal,
  send: (reply: Reply) => void,
  run: (given: Given) => Promise<() => Promise<Headline>>,
): Promise<FinalReply> {
  const isCommand = job.command !== undefined;
  const output = captureOutput(job.log, (line) => send({ type: 'output', line }));
  const cpu = process.cpuUsage();
  const begin = quietMoment();
  const memoryBefore = process.resourceUsage().maxRSS;
  const progress = throttleProgress((value) => send({ type: 'progress', progress: value }));
  const outputs = outputPaths(job.folder, job.outputs);
  try {
    const headline = await run({ job, signal, outputs, progress: progress.offer, output });
    progress.flush();
    // They could still write to the outputs.
    const { running, seconds } = await endFollowers(begin, isCommand);
    if (running > 0)
      console.error(
        `ended ${running === 1 ? 'a process' : `${running} processes`} that the stage left running`,
      );
    const fault = inspectOutputs(job.folder, job.outputs, isCommand);
    if (fault !== undefined) return { type: 'failed', failure: fault };
    const records = await collectOutputs(job.folder, job.outputs);
    const metrics = readHeadline(await headline());
    const { user, system } = process.cpuUsage(cpu);
    const { maxRSS } = process.resourceUsage();
    // The peak is that of the process: an earlier instance may have made it.
    const peakMemory = maxRSS > memoryBefore ? maxRSS * 1024 : process.memoryUsage.rss();
    const cpuSeconds = (user + system) / 1e6 + seconds;
    return { type: 'finished', outputs: records, metrics, cpuSeconds, peakMemory };
  } catch (error) {
    return { type: 'failed', failure: stageFailure(error) };
  } finally {
    output.release();
  }
}
