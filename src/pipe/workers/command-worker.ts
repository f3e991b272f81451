/**
 * The program of a worker process that starts commands, one after the other. To start a process, the system copies
 * the tables of all memory of the one that does it: this one loads little, and takes half of what the runner takes.
 */
import { ENVIRONMENT } from './process-defaults.ts';
import type { FinalReply } from './protocol.ts';
import { runCommand } from './run-command.ts';
import { runJob } from './run-job.ts';
import { perform, reply, serve } from './serve.ts';

serve(async (work) => {
  if (work.type !== 'run') throw new Error('a worker for commands knows no stages');
  const { job } = work;
  const { command } = job;
  if (command === undefined) throw new Error(`${job.instance} is no command`);
  const answered = await perform(work, (signal) =>
    runJob(job, signal, reply, (given) => runCommand(given, command, ENVIRONMENT)),
  );
  // Nothing but this program has run in this process.
  return { ...answered, isClean: true } as FinalReply;
});
