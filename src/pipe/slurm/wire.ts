import { createHmac, timingSafeEqual } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { decodeNote, encodeNote } from '../remote/action-result.ts';
import type { RemoteStore } from '../remote/remote-store.ts';

/**
 * Messages from one sender to one reader through a remote cache, which can neither list nor, mostly, remove what it
 * has: each is stored once, under a name made of its number, and the reader asks for the next. Names and messages are
 * signed with a secret that both have: nobody else can write what is believed, or tell what belongs together.
 *
 * Where files can be removed two are left: the first, which says that there is a sender, and the last that was read,
 * after which another sender goes on.
 */
export class Wire {
  readonly #store: RemoteStore;
  readonly #secret: string;
  readonly #name: string;
  /** Number of the next message. */
  next: number;

  /** @param name of the sender and the reader, the same at both ends */
  constructor(store: RemoteStore, secret: string, name: string, next = 0) {
    this.#store = store;
    this.#secret = secret;
    this.#name = name;
    this.next = next;
  }

  /** @throws {RunError} if it cannot be stored: then the next has its number */
  async send(text: string): Promise<void> {
    const path = this.#path(this.next);
    const note = encodeNote(`${this.#sign(`${path} ${text}`)}${text}`);
    await this.#store.put(path, { size: note.length, open: () => Readable.from([note]) });
    this.next += 1;
  }

  /** The next message, if it is there. @throws {RunError} */
  async receive(): Promise<string | undefined> {
    const path = this.#path(this.next);
    const bytes = await this.#store.get(path, (stream) => buffer(stream));
    const signed = bytes === undefined ? undefined : decodeNote(bytes);
    if (signed === undefined) return undefined;
    const [signature, text] = [signed.slice(0, 64), signed.slice(64)];
    const expected = Buffer.from(this.#sign(`${path} ${text}`));
    const given = Buffer.from(signature);
    // Not ours: whoever wrote it can hold the message up, but not replace it.
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    this.next += 1;
    await this.#removePrevious().catch(() => {});
    return text;
  }

  async #removePrevious(): Promise<void> {
    const previous = this.next - 2;
    if (previous > 0) await this.#store.remove?.(this.#path(previous));
  }

  /** Whether the next message is there: somebody else has sent it. @throws {RunError} */
  async isTaken(): Promise<boolean> {
    return await this.#store.has(this.#path(this.next));
  }

  #path(number: number): string {
    return `ac/${this.#sign(`${this.#name} ${number}`)}`;
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#secret).update(text).digest('hex');
  }
}
