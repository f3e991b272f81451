import { stageFailure } from './failure.ts';
import { signalGroup } from './process-group.ts';
import type { FinalReply, Reply, Request, RunRequest } from './protocol.ts';

/** A request that gets an answer. */
export type Work = Exclude<Request, { type: 'abort' }>;

/** Aborts the job that is running. */
let running: AbortController | undefined;

/**
 * Makes this process a worker: it answers the runner's requests, one at a time.
 * @param answer never rejects
 */
export function serve(answer: (work: Work) => Promise<FinalReply>): void {
  // Someone may send it to every process of a run: it is the runner that ends its workers.
  process.on('SIGINT', ignore);
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
}

/** Sends the runner a message. */
export function reply(message: Reply): void {
  process.send?.(message);
}

/** Runs the job of a request, which the runner can abort. */
export async function perform(
  { isSteady }: RunRequest,
  job: (signal: AbortSignal) => Promise<FinalReply>,
): Promise<FinalReply> {
  running = new AbortController();
  // A cluster sends it to every process of a job that it ends: the stage has to write its checkpoint first.
  if (isSteady) process.on('SIGTERM', ignore);
  try {
    return await job(running.signal);
  } finally {
    process.off('SIGTERM', ignore);
    running = undefined;
  }
}

function ignore(): void {}
