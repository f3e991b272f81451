import { execa, execaSync } from 'execa';
import { RunError } from '../core/errors.ts';
import { type QueueLine, type Scheduler, SchedulerError, type Submission } from './scheduler.ts';

/** Milliseconds until a command counts as unanswered: a controller that is down lets some hang for minutes. */
const PATIENCE = 60_000;
/** What to do where its commands are not, or fail. */
export const NO_SLURM =
  'run this on a login node of the cluster, with its commands on the PATH, or ask who runs it';
const FORMAT = '%i|%T|%N|%k|%r';

/** Slurm by its commands. */
export class SlurmCommands implements Scheduler {
  async check(): Promise<void> {
    try {
      await slurm('sbatch', ['--version']);
    } catch (error) {
      throw new RunError((error as Error).message, NO_SLURM);
    }
  }

  async submit({ script, options }: Submission): Promise<string> {
    const output = await slurm('sbatch', ['--parsable', ...options], script);
    // With several clusters: `7;cluster`.
    return output.trim().split(';', 1)[0];
  }

  async list(name: string): Promise<readonly QueueLine[]> {
    // -r: a line for each task of an array that waits. By name, because ids that are long gone are an error.
    const args = ['--me', '-h', '-r', '-t', 'all', `--name=${name}`, '-o', FORMAT];
    return parseQueue(await slurm('squeue', args));
  }

  async cancel(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await slurm('scancel', ids);
  }

  cancelNow(ids: readonly string[]): void {
    if (ids.length > 0) execaSync('scancel', ids, { ...settings(), timeout: 3000 });
  }
}

export function parseQueue(output: string): readonly QueueLine[] {
  return output.split('\n').flatMap((line) => {
    const [id = '', state = '', node = '', batch = '', ...reason] = line.trim().split('|');
    return state === '' ? [] : [{ id, state, node, batch, reason: reason.join('|') }];
  });
}

/** @throws {SchedulerError} */
export async function slurm(program: string, args: readonly string[], input = ''): Promise<string> {
  const result = await execa(program, args, { ...settings(), input, timeout: PATIENCE });
  if (!result.failed) return result.stdout;
  throw refusal(program, result.stderr, result);
}

interface Refusal {
  readonly code?: string | undefined;
  readonly timedOut: boolean;
  readonly shortMessage?: string | undefined;
}

function refusal(
  program: string,
  stderr: string,
  { code, timedOut, shortMessage = '' }: Refusal,
): SchedulerError {
  if (code === 'ENOENT') {
    return new SchedulerError(`there is no ${program} on this machine's PATH`, false);
  }
  const said = stderr.trim();
  const isUnanswered =
    timedOut || /Unable to contact|timed out|Communication|Socket|Zero Bytes|try again/i.test(said);
  return new SchedulerError(said === '' ? shortMessage : said, isUnanswered);
}

/** A coordinator that is itself a job has its limits in the environment: they are not those of what it submits. */
function settings() {
  const kept = Object.entries(process.env).filter(
    ([name]) => name === 'SLURM_CONF' || !/^(SLURM|SBATCH|SQUEUE|SCANCEL)_/.test(name),
  );
  return {
    env: Object.fromEntries(kept),
    extendEnv: false,
    reject: false,
    stripFinalNewline: true,
  } as const;
}
