import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Disk } from '../disk/disk.ts';
import { writeAtomically } from '../disk/write-atomically.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { removeQuietly } from './mailbox.ts';
import { Wire } from './wire.ts';

/** Milliseconds between two looks. */
const LOOK = 500;
/** Slots for which one look in that time is not too much for a server. */
const LIVELY = 50;
/** Says that a slot was taken away. */
const CLOSED = 'closed';

interface CourierOptions {
  readonly disk: Disk;
  readonly store: RemoteStore;
  readonly secret: string;
  /** Of the mailboxes. */
  readonly folder: string;
}

/** What passes between a coordinator and one of its agents. */
interface Route {
  readonly sent: Wire;
  readonly heard: Wire;
}

/**
 * Where coordinator and agents share no folder: carries what lies in the mailboxes of this side to those of the
 * other, through the remote cache. Either side works as if the folder was shared.
 */
abstract class Courier {
  protected readonly disk: Disk;
  protected readonly folder: string;
  readonly #store: RemoteStore;
  readonly #secret: string;
  protected isOver = false;

  constructor({ disk, store, secret, folder }: CourierOptions) {
    this.disk = disk;
    this.folder = folder;
    this.#store = store;
    this.#secret = secret;
  }

  /** Nothing is carried any more. */
  end(): void {
    this.isOver = true;
  }

  protected wire(slot: string, direction: 'in' | 'out', next = 0): Wire {
    return new Wire(this.#store, this.#secret, `${slot} ${direction}`, next);
  }

  /** Sends what lies in a folder. */
  protected async sendAll(folder: string, wire: Wire, noted: () => void): Promise<void> {
    for (const name of this.disk.list(folder)) {
      if (!name.endsWith('.json') || name.startsWith('.')) continue;
      const path = join(folder, name);
      const text = this.disk.read(path)?.toString('utf8');
      if (text === undefined) continue;
      await wire.send(text);
      noted();
      removeQuietly(this.disk, path);
    }
  }

  /** Puts what has arrived into a folder. @returns whether the slot was taken away */
  protected async hearAll(
    folder: string,
    sender: string,
    wire: Wire,
    noted: () => void,
  ): Promise<boolean> {
    for (;;) {
      const number = String(wire.next).padStart(8, '0');
      const text = await wire.receive();
      if (text === undefined) return false;
      if (text === CLOSED) return true;
      writeAtomically(this.disk, join(folder, `${sender}.${number}.json`), text);
      noted();
    }
  }
}

/** The coordinator's side: one route for each slot that has a mailbox. */
export class CoordinatorCourier extends Courier {
  readonly #routes = new Map<string, Route>();
  /** Slots that were taken away, of which their agents have not been told. */
  readonly #closing = new Set<string>();

  /** @param warn told once when the remote cache fails */
  async serve(warn: (message: string) => void): Promise<void> {
    let isTroubled = false;
    while (!this.isOver) {
      const slots = this.disk.list(join(this.folder, 'in'));
      try {
        await Promise.all([
          ...slots.map((slot) => this.#turn(slot)),
          ...[...this.#closing].map((slot) => this.#tellClosed(slot)),
        ]);
        isTroubled = false;
      } catch (error) {
        // What runs goes on: the next turn tries again.
        if (!isTroubled && !this.isOver) warn((error as Error).message);
        isTroubled = true;
      }
      await delay(LOOK * Math.max(1, slots.length / LIVELY), undefined, { ref: false });
    }
  }

  close(slot: string): void {
    this.#closing.add(slot);
  }

  async #turn(slot: string): Promise<void> {
    const route = await this.#route(slot);
    const noted = () => {
      const numbers = JSON.stringify([route.sent.next, route.heard.next]);
      writeAtomically(this.disk, this.#numbers(slot), numbers);
    };
    await this.sendAll(join(this.folder, 'in', slot), route.sent, noted);
    await this.hearAll(join(this.folder, 'out'), slot, route.heard, noted);
  }

  async #tellClosed(slot: string): Promise<void> {
    await (await this.#route(slot)).sent.send(CLOSED);
    this.#closing.delete(slot);
    this.#routes.delete(slot);
    removeQuietly(this.disk, this.#numbers(slot));
  }

  async #route(slot: string): Promise<Route> {
    const known = this.#routes.get(slot);
    if (known !== undefined) return known;
    // An earlier run may have sent and heard before.
    const text = this.disk.read(this.#numbers(slot))?.toString('utf8') ?? '[0,0]';
    const [sent, heard] = JSON.parse(text) as [number, number];
    const route = { sent: this.wire(slot, 'in', sent), heard: this.wire(slot, 'out', heard) };
    // It may have been killed before it took note.
    while (await route.sent.isTaken()) route.sent.next += 1;
    this.#routes.set(slot, route);
    return route;
  }

  #numbers(slot: string): string {
    return join(this.folder, 'carried', slot);
  }
}

/** An agent's side. */
export class AgentCourier extends Courier {
  readonly #slot: string;
  readonly #sent: Wire;
  readonly #heard: Wire;

  constructor(options: CourierOptions, slot: string) {
    super(options);
    this.#slot = slot;
    this.#sent = this.wire(slot, 'out');
    this.#heard = this.wire(slot, 'in');
  }

  /** Whether another job has been the agent of the slot. @throws {RunError} */
  async isTaken(): Promise<boolean> {
    return await this.#sent.isTaken();
  }

  /** @param lease milliseconds without any answer after which the slot counts as taken away */
  async serve(lease: number): Promise<void> {
    const inbox = join(this.folder, 'in', this.#slot);
    let answered = performance.now();
    while (!this.isOver) {
      try {
        await this.sendRest();
        if (await this.hearAll(inbox, 'coordinator', this.#heard, () => {})) break;
        answered = performance.now();
      } catch {
        if (performance.now() - answered > lease) break;
      }
      await delay(LOOK);
    }
    // Its agent ends itself when it finds out.
    if (!this.isOver) this.disk.remove(inbox);
  }

  /** Sends what is left to be told. @throws {RunError} */
  async sendRest(): Promise<void> {
    await this.sendAll(join(this.folder, 'out'), this.#sent, () => {});
  }
}
