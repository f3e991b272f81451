import type { Exchange } from './exchange.ts';

/** Links between machines: every machine can send and receive one message at a time, at the same time. */
export interface Network {
  /** α: seconds from the first byte sent to the first byte received. */
  readonly latency: number;
  /** 1/β: bytes per second. */
  readonly bandwidth: number;
}

interface Message {
  readonly numbers: Float32Array;
  /** When its first byte was sent. */
  readonly departure: number;
}

/**
 * A group in one thread whose messages take the time that a network would need: α + β bytes, and longer if the
 * sender is still sending another one, or the receiver receiving. Computing takes no time.
 */
export class SimulatedGroup {
  readonly exchanges: readonly Exchange[];
  /** When each worker is done with what it has received. */
  readonly #clocks: number[];

  constructor(size: number, { latency, bandwidth }: Network) {
    const zeros = () => Array.from({ length: size }, () => 0);
    const clocks = zeros();
    const sendsUntil = zeros();
    const receivesUntil = zeros();
    const channels = new Map<string, Channel>();
    const channel = (from: number, to: number): Channel => {
      const name = `${from} ${to}`;
      const found = channels.get(name) ?? new Channel();
      channels.set(name, found);
      return found;
    };
    this.#clocks = clocks;
    this.exchanges = clocks.map((_, rank) => ({
      rank,
      size,
      async send(to, numbers) {
        const departure = Math.max(clocks[rank], sendsUntil[rank]);
        sendsUntil[rank] = departure + numbers.byteLength / bandwidth;
        channel(rank, to).put({ numbers: numbers.slice(), departure });
      },
      async receive(from) {
        const { numbers, departure } = await channel(from, rank).take();
        const begin = Math.max(departure + latency, receivesUntil[rank]);
        receivesUntil[rank] = begin + numbers.byteLength / bandwidth;
        clocks[rank] = Math.max(clocks[rank], receivesUntil[rank]);
        return numbers;
      },
    }));
  }

  /** Runs what every worker does. @returns seconds until the last one is done */
  async run(work: (exchange: Exchange) => Promise<unknown>): Promise<number> {
    await Promise.all(this.exchanges.map(work));
    return Math.max(...this.#clocks);
  }
}

/** Messages from one worker to another. */
class Channel {
  readonly #messages: Message[] = [];
  #waiting: ((message: Message) => void) | undefined;

  put(message: Message): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#messages.push(message);
    else waiting(message);
  }

  take(): Promise<Message> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}
