import type { Cache } from '../../cache/cache.ts';
import { remoteAddress } from '../../remote/address.ts';
import { HttpStore } from '../../remote/http-store.ts';
import { RemoteCache } from '../../remote/remote-cache.ts';
import type { Shell } from './command.ts';
import { cancelOnSignals } from './signals.ts';

/** What the help of every command that uses a remote cache says of it. */
export const REMOTE_HELP = `
environment:
  PIPE_REMOTE                               address, e.g. https://cache.example.org/study
  PIPE_REMOTE_TOKEN                         sent as a bearer token
  PIPE_REMOTE_USER, PIPE_REMOTE_PASSWORD    sent as basic authentication`;

/**
 * The remote cache that the environment names.
 * @param signal ends what is under way
 * @throws {RunError}
 */
export function openRemote(shell: Shell, cache: Cache, signal: AbortSignal): RemoteCache {
  const address = remoteAddress();
  const { hostname, protocol } = new URL(address.url);
  const isNear = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (address.authorization !== undefined && protocol === 'http:' && !isNear) {
    shell.note('warning: credentials travel in clear text: use https in PIPE_REMOTE');
  }
  return new RemoteCache(new HttpStore(address, { signal }), cache);
}

/**
 * Does something with the remote cache. A signal ends what is under way and becomes the exit code.
 */
export async function withRemote(
  shell: Shell,
  cache: Cache,
  work: (remote: RemoteCache) => Promise<void>,
): Promise<void> {
  const signals = cancelOnSignals(
    (line) => shell.note(line),
    () => {},
  );
  try {
    const remote = openRemote(shell, cache, signals.signal);
    try {
      await work(remote);
    } finally {
      remote.close();
    }
  } catch (error) {
    if (signals.exitCode === undefined) throw error;
    shell.exit(signals.exitCode);
  } finally {
    signals.release();
  }
}
