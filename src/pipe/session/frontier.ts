import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { upstreamOf } from '../pipeline/upstream.ts';

/** Which instances wait for which. Each is returned once, when everything it needs is settled. */
export class Frontier {
  readonly #dependants = new Map<InstanceId, Instance[]>();
  /** How many upstream instances are not settled yet. */
  readonly #missing = new Map<InstanceId, number>();

  /** @param isSettled whether an instance need not be waited for */
  constructor(instances: readonly Instance[], isSettled: (id: InstanceId) => boolean) {
    for (const instance of instances) {
      const upstream = upstreamOf(instance).filter((id) => !isSettled(id));
      this.#missing.set(instance.id, upstream.length);
      for (const id of upstream) {
        const list = this.#dependants.get(id);
        if (list === undefined) this.#dependants.set(id, [instance]);
        else list.push(instance);
      }
    }
  }

  /** Whether all it needs is settled. */
  isOpen(id: InstanceId): boolean {
    return this.#missing.get(id) === 0;
  }

  /** @returns the instances that were waiting for this one only */
  settle(id: InstanceId): readonly Instance[] {
    return (this.#dependants.get(id) ?? []).filter((instance) => {
      const missing = (this.#missing.get(instance.id) ?? 0) - 1;
      this.#missing.set(instance.id, missing);
      return missing === 0;
    });
  }

  /** Everything that needs this instance, directly or not; the instance itself is left out. */
  downstream(id: InstanceId): readonly Instance[] {
    const found = new Set<Instance>();
    const pending = [id];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      for (const instance of this.#dependants.get(at) ?? []) {
        if (found.has(instance)) continue;
        found.add(instance);
        pending.push(instance.id);
      }
    }
    return [...found];
  }
}
