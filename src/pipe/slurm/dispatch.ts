import type { StageModules } from '../code/stage-modules.ts';
import type { Fleet } from './fleet.ts';
import type { Order } from './messages.ts';
import type { Post } from './post.ts';
import type { Slot } from './slots.ts';
import type { Work } from './work.ts';
import type { WorkFolders } from './work-folders.ts';

/** Agents for which one report of progress a second is not too much for a file server. */
const LIVELY = 50;

interface DispatchOptions {
  readonly post: Post;
  readonly folders: WorkFolders;
  /** Of a stage file. */
  readonly modulesOf: (module: string) => StageModules | undefined;
}

/** Sends orders to agents. */
export class Dispatch {
  readonly #options: DispatchOptions;
  readonly #fleet: Fleet;
  readonly #fail: (work: Work, error: unknown) => void;

  /** @param fail told why an attempt could not be given away */
  constructor(options: DispatchOptions, fleet: Fleet, fail: (work: Work, error: unknown) => void) {
    this.#options = options;
    this.#fleet = fleet;
    this.#fail = fail;
  }

  give(slot: Slot, works: readonly Work[]): void {
    const { folders, modulesOf } = this.#options;
    const orders: Order[] = [];
    for (const work of works) {
      const { client, order } = work;
      if (client === undefined || order === undefined) continue;
      try {
        folders.takeCheckpoint(work.id);
        work.checkpoint = folders.signCheckpoint(work.id);
        work.slot = slot.name;
        const modules = modulesOf(client.job.module);
        orders.push({ type: 'run', id: work.id, ...order, modules });
      } catch (error) {
        this.#takeBack(slot, work, error);
      }
    }
    const error = this.send(slot, orders);
    if (error === undefined) return;
    for (const work of works) this.#takeBack(slot, work, error);
  }

  /** Sends it away once it has done what it has. */
  dismiss(slot: Slot): void {
    slot.isEnding = true;
    this.send(slot, [{ type: 'exit' }]);
  }

  /** @returns why they could not be sent */
  send(slot: Slot, orders: readonly Order[]): unknown {
    try {
      const pace = Math.max(1, this.#fleet.slots.size / LIVELY);
      this.#options.post.send(slot.name, orders, pace);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  #takeBack(slot: Slot, work: Work, error: unknown): void {
    slot.work.delete(work.id);
    this.#fail(work, error);
  }
}
