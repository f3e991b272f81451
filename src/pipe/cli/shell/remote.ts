import type { Cache } from '../../cache/cache.ts';
import { remoteAddress } from '../../remote/address.ts';
import { openStore } from '../../remote/open-store.ts';
import { RemoteCache } from '../../remote/remote-cache.ts';
import type { Shell } from './shell.ts';
import { cancelOnSignals } from './signals.ts';

/** Help on the environment of every command that uses a remote cache. */
export const REMOTE_HELP = `
environment:
  PIPE_REMOTE                               address, e.g. https://cache.example.org/project,
                                            or a shared folder: file:///shared/cache
  PIPE_REMOTE_TOKEN                         sent as a bearer token
  PIPE_REMOTE_USER, PIPE_REMOTE_PASSWORD    sent as basic authentication`;

/**
 * The remote cache that the environment names.
 * @param signal ends requests in progress
 * @param named its address, where the command line has it
 * @throws {RunError}
 */
export function openRemote(
  shell: Shell,
  cache: Cache,
  signal: AbortSignal,
  named?: string,
): RemoteCache {
  const address = remoteAddress(process.env, named);
  const { hostname, protocol } = new URL(address.url);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (address.authorization !== undefined && protocol === 'http:' && !isLocal) {
    shell.note('warning: credentials are sent in clear text: use https in PIPE_REMOTE');
  }
  const onWait = () => shell.note('waiting for the remote cache');
  return new RemoteCache(openStore(cache.disk, address, { signal, onWait }), cache);
}

/** Works with the remote cache. A signal ends requests in progress and becomes the exit code. */
export async function withRemote(
  shell: Shell,
  cache: Cache,
  work: (remote: RemoteCache) => Promise<void>,
): Promise<void> {
  const signals = cancelOnSignals(shell);
  try {
    const remote = openRemote(shell, cache, signals.signal);
    try {
      await work(remote);
    } finally {
      remote.close();
    }
  } catch (error) {
    if (signals.exitCode === undefined) throw error;
    shell.exitCode = signals.exitCode;
  } finally {
    signals.release();
  }
}
