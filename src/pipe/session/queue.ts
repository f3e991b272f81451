import type { Instance, InstanceId, Resources } from '../pipeline/graph.ts';
import type { Capacity } from './capacity.ts';

/**
 * Seconds from the start of each instance to the end of the last one that waits for it, along the
 * longest path. Linear in the graph.
 */
export function remainingPaths(
  instances: readonly Instance[],
  secondsOf: (instance: Instance) => number,
): ReadonlyMap<InstanceId, number> {
  const after = new Map<InstanceId, number>();
  const paths = new Map<InstanceId, number>();
  // Dependants come after what they need: from the back each is known before it is asked for.
  for (const instance of instances.toReversed()) {
    const path = secondsOf(instance) + (after.get(instance.id) ?? 0);
    paths.set(instance.id, path);
    for (const { sources } of instance.inputs) {
      for (const { instance: upstream } of sources) {
        after.set(upstream, Math.max(after.get(upstream) ?? 0, path));
      }
    }
  }
  return paths;
}

interface Entry {
  readonly instance: Instance;
  readonly priority: number;
  readonly order: number;
}

/**
 * Instances that are ready to run: the longest remaining path first, within the free resources. One that
 * does not fit lets smaller ones go first.
 */
export class RunQueue {
  readonly #capacity: Capacity;
  readonly #priorityOf: (id: InstanceId) => number;
  /** A heap per kind of demand, of which a pipeline has few: what fits is found quickly. */
  readonly #heaps = new Map<string, { readonly demand: Capacity; readonly heap: Entry[] }>();
  #free: Capacity;
  #count = 0;

  constructor(capacity: Capacity, priorityOf: (id: InstanceId) => number) {
    this.#capacity = capacity;
    this.#free = capacity;
    this.#priorityOf = priorityOf;
  }

  add(instance: Instance): void {
    const demand = this.#demandOf(instance.resources);
    const kind = `${demand.cpus} ${demand.memory} ${demand.gpus}`;
    const { heap } = this.#heaps.get(kind) ?? { heap: [] };
    this.#heaps.set(kind, { demand, heap });
    this.#count += 1;
    push(heap, { instance, priority: this.#priorityOf(instance.id), order: this.#count });
  }

  /** The next to start, its resources taken; `undefined` if none fits. */
  next(): Instance | undefined {
    let best: Entry | undefined;
    let from: Entry[] | undefined;
    for (const { demand, heap } of this.#heaps.values()) {
      if (heap.length === 0 || !this.#fits(demand)) continue;
      if (best === undefined || isBefore(heap[0], best)) [best, from] = [heap[0], heap];
    }
    if (best === undefined || from === undefined) return undefined;
    pop(from);
    this.#change(this.#demandOf(best.instance.resources), -1);
    return best.instance;
  }

  /** Frees the resources of a started instance. */
  release(instance: Instance): void {
    this.#change(this.#demandOf(instance.resources), 1);
  }

  /** Empties the queue; returns what was in it. */
  clear(): readonly Instance[] {
    const left = [...this.#heaps.values()].flatMap(({ heap }) =>
      heap.map((entry) => entry.instance),
    );
    this.#heaps.clear();
    return left;
  }

  /** An instance that asks for more than there is runs alone. */
  #demandOf({ cpus, memory = 0, gpus = 0 }: Resources): Capacity {
    return {
      cpus: Math.min(cpus, this.#capacity.cpus),
      memory: Math.min(memory, this.#capacity.memory),
      gpus: Math.min(gpus, this.#capacity.gpus),
    };
  }

  #fits({ cpus, memory, gpus }: Capacity): boolean {
    const free = this.#free;
    return cpus <= free.cpus && memory <= free.memory && gpus <= free.gpus;
  }

  #change({ cpus, memory, gpus }: Capacity, sign: 1 | -1): void {
    this.#free = {
      cpus: this.#free.cpus + sign * cpus,
      memory: this.#free.memory + sign * memory,
      gpus: this.#free.gpus + sign * gpus,
    };
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  for (
    let above = (at - 1) >> 1;
    at > 0 && isBefore(heap[at], heap[above]);
    above = (at - 1) >> 1
  ) {
    [heap[at], heap[above]] = [heap[above], heap[at]];
    at = above;
  }
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  for (let at = 0; ; ) {
    let first = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && isBefore(heap[child], heap[first])) first = child;
    }
    if (first === at) return;
    [heap[at], heap[first]] = [heap[first], heap[at]];
    at = first;
  }
}
