import { availableParallelism, totalmem } from 'node:os';
import TinyQueue from 'tinyqueue';
import { gpuIds } from '../core/machine.ts';
import type { Instance, InstanceId, Resources } from '../pipeline/graph.ts';

interface Entry {
  readonly instance: Instance;
  readonly priority: number;
  readonly order: number;
}

/** Instances that demand the same. */
interface Heap {
  readonly demand: Capacity;
  /** Expected, of all entries. */
  seconds: number;
  readonly entries: TinyQueue<Entry>;
}

/**
 * Instances that are ready to run: the highest priority first, within the free resources. One that
 * does not fit lets smaller ones go first.
 */
export class RunQueue {
  readonly #capacity: Capacity;
  readonly #priorityOf: (id: InstanceId) => number;
  readonly #secondsOf: (instance: Instance) => number;
  /** By demand, of which a pipeline has few kinds: what fits is found quickly. */
  readonly #heaps = new Map<string, Heap>();
  #free: Capacity;
  #places: number;
  #count = 0;

  constructor(
    capacity: Capacity,
    priorityOf: (id: InstanceId) => number,
    secondsOf: (instance: Instance) => number = () => 1,
  ) {
    this.#secondsOf = secondsOf;
    this.#capacity = capacity;
    this.#free = capacity;
    this.#places = capacity.instances ?? Number.POSITIVE_INFINITY;
    this.#priorityOf = priorityOf;
  }

  add(instance: Instance): void {
    const demand = this.#demandOf(instance.resources);
    const kind = kindOf(demand);
    const heap = this.#heaps.get(kind) ?? {
      demand,
      seconds: 0,
      entries: new TinyQueue([], compare),
    };
    heap.seconds += this.#secondsOf(instance);
    this.#heaps.set(kind, heap);
    this.#count += 1;
    const priority = this.#priorityOf(instance.id);
    heap.entries.push({ instance, priority, order: this.#count });
  }

  /** The next to start, its resources taken; `undefined` if none fits. */
  next(): Instance | undefined {
    let best: Heap | undefined;
    for (const heap of this.#heaps.values()) {
      const [first] = heap.entries.data;
      if (first === undefined || !this.#fits(heap.demand)) continue;
      if (best === undefined || compare(first, best.entries.data[0]) < 0) best = heap;
    }
    const next = best?.entries.pop()?.instance;
    if (next === undefined || best === undefined) return undefined;
    best.seconds -= this.#secondsOf(next);
    this.#change(next, -1);
    return next;
  }

  /** What is queued that demands the same as an instance. */
  like({ resources }: Instance): { readonly count: number; readonly seconds: number } {
    const heap = this.#heaps.get(kindOf(this.#demandOf(resources)));
    return { count: heap?.entries.length ?? 0, seconds: Math.max(0, heap?.seconds ?? 0) };
  }

  /** Frees the resources of a started instance. */
  release(instance: Instance): void {
    this.#change(instance, 1);
  }

  /** Empties the queue; returns what was in it. */
  clear(): readonly Instance[] {
    const left = [...this.#heaps.values()].flatMap(({ entries }) => entries.data);
    this.#heaps.clear();
    return left.map(({ instance }) => instance);
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
    return this.#places > 0 && cpus <= free.cpus && memory <= free.memory && gpus <= free.gpus;
  }

  #change({ resources }: Instance, sign: 1 | -1): void {
    const { cpus, memory, gpus } = this.#demandOf(resources);
    this.#places += sign;
    this.#free = {
      cpus: this.#free.cpus + sign * cpus,
      memory: this.#free.memory + sign * memory,
      gpus: this.#free.gpus + sign * gpus,
    };
  }
}

function kindOf(demand: Capacity): string {
  return Object.values(demand).join(' ');
}

function compare(a: Entry, b: Entry): number {
  return b.priority - a.priority || a.order - b.order;
}

/** Resources that a run may occupy. */
export interface Capacity {
  /** How many instances, whatever they need; without it as many as fit. */
  readonly instances?: number;
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  readonly gpus: number;
}

/** Where something else decides what runs when. */
export function unlimited(instances: number): Capacity {
  const infinite = Number.POSITIVE_INFINITY;
  return { instances, cpus: infinite, memory: infinite, gpus: infinite };
}

/** `PIPE_GPUS` says how many GPUs there are, where they are not NVIDIA's or not all are to be used. */
export function capacityOf(jobs: number | undefined): Capacity {
  return {
    cpus: jobs ?? availableParallelism(),
    memory: totalmem(),
    gpus: gpuIds().length,
  };
}
