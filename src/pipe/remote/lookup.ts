import type { ActionKey } from '../core/digest.ts';
import type { Outdated } from '../current/assess.ts';
import type { Emit } from '../events/events.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import type { RemoteCache } from './remote-cache.ts';

/**
 * Fetches results from the remote cache during a run, instead of running their instances. If the remote
 * cache fails, the run warns once and continues without it.
 */
export class RemoteLookup {
  #remote: RemoteCache | undefined;
  readonly #emit: Emit;
  readonly #signal: AbortSignal;
  readonly #asked = new Set<InstanceId>();
  readonly #fetched = new Set<InstanceId>();

  constructor(remote: RemoteCache | undefined, emit: Emit, signal: AbortSignal) {
    this.#remote = remote;
    this.#emit = emit;
    this.#signal = signal;
  }

  /** Whether there is a remote cache that was not asked for the instance yet. */
  canAsk({ id }: Instance): boolean {
    return this.#remote !== undefined && !this.#asked.has(id);
  }

  /** Whether the instance's result came from the remote cache. */
  hasFetched({ id }: Instance): boolean {
    return this.#fetched.has(id);
  }

  /** @returns whether the result is now in the local cache */
  async fetch(instance: Instance, { key, fingerprint }: Outdated): Promise<boolean> {
    this.#asked.add(instance.id);
    try {
      const result = await this.#remote?.fetch(instance, key, fingerprint);
      if (result?.state === 'damaged') {
        const message = `${result.path} in the remote cache is damaged and was not used`;
        this.#emit({ type: 'warning', instance: instance.id, message });
      }
      if (result?.state !== 'fetched') return false;
      this.#fetched.add(instance.id);
      return true;
    } catch (error) {
      this.#giveUp(error);
      return false;
    }
  }

  /** Lets others have a result that was just made. */
  async send(key: ActionKey): Promise<void> {
    try {
      await this.#remote?.send(key, false);
    } catch (error) {
      this.#giveUp(error);
    }
  }

  #giveUp(error: unknown): void {
    // Parallel requests may fail together: warn once.
    if (this.#remote !== undefined && !this.#signal.aborted) {
      const message = `${(error as Error).message}; continuing without it`;
      this.#emit({ type: 'warning', message });
    }
    this.#remote = undefined;
  }
}
