/** What a worker of a group does to others: all that an exchange of gradients needs. */
export interface Exchange {
  /** This worker, from 0 on. */
  readonly rank: number;
  /** N: workers of the group. */
  readonly size: number;
  /** Sends numbers, which may change as soon as it has resolved. */
  send(to: number, numbers: Float32Array): Promise<void>;
  /** The next message of a worker; messages between two workers arrive in their order. */
  receive(from: number): Promise<Float32Array>;
}

/** What a worker has sent and received. */
export interface Traffic {
  bytesSent: number;
  bytesReceived: number;
  messagesSent: number;
}

/** The same exchange, with what passes through it counted. */
export function counted(exchange: Exchange): Exchange & { readonly traffic: Traffic } {
  const traffic: Traffic = { bytesSent: 0, bytesReceived: 0, messagesSent: 0 };
  return {
    rank: exchange.rank,
    size: exchange.size,
    traffic,
    send(to, numbers) {
      traffic.bytesSent += numbers.byteLength;
      traffic.messagesSent += 1;
      return exchange.send(to, numbers);
    },
    async receive(from) {
      const numbers = await exchange.receive(from);
      traffic.bytesReceived += numbers.byteLength;
      return numbers;
    },
  };
}
