import type { Outdated } from '../current/assess.ts';
import type { Emit } from '../events/events.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import type { RemoteCache } from './remote-cache.ts';

/**
 * Looks, during a run, whether another machine has done what would have to run. A remote cache that
 * fails costs a warning and is not asked again; it never costs a result.
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

  /** Whether there is somebody to ask about it, and nobody has. */
  isOpen({ id }: Instance): boolean {
    return this.#remote !== undefined && !this.#asked.has(id);
  }

  /** Whether what is restored came from there. */
  hasFetched({ id }: Instance): boolean {
    return this.#fetched.has(id);
  }

  /** @returns whether the cache has it now */
  async fetch(instance: Instance, { key, fingerprint }: Outdated): Promise<boolean> {
    this.#asked.add(instance.id);
    try {
      const found = await this.#remote?.fetch(instance, key, fingerprint);
      if (found?.state === 'damaged') {
        const message = `${found.what} of the remote cache is damaged: not used`;
        this.#emit({ type: 'warning', instance: instance.id, message });
      }
      if (found?.state !== 'fetched') return false;
      this.#fetched.add(instance.id);
      return true;
    } catch (error) {
      // Several may fail together: one warning tells all.
      if (this.#remote !== undefined && !this.#signal.aborted) {
        const message = `${(error as Error).message}; going on without it`;
        this.#emit({ type: 'warning', message });
      }
      this.#remote = undefined;
      return false;
    }
  }
}
