import * as http from 'node:http';
import * as https from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import type { LimitFunction } from 'p-limit';
import pLimit from 'p-limit';
import { delayAfter, realClock } from '../core/clock.ts';
import { RunError } from '../core/errors.ts';
import type { RemoteAddress } from './address.ts';
import { type HttpFault, networkFault, responseFault, TOO_SLOW } from './http-faults.ts';
import type { Body, RemoteStore } from './remote-store.ts';

const ATTEMPTS = 4;
/** At a server that is too slow, which takes twice as long to tell as silence: both are given up after a minute. */
const SLOW_ATTEMPTS = 2;
/** Milliseconds before the second attempt. */
const BACKOFF = 500;
/** Milliseconds without a byte in either direction. */
const IDLE_TIMEOUT = 15_000;
/** Bytes per second; a server that drips would otherwise keep a run for ever. */
const LEAST_SPEED = 1000;
/** Milliseconds after which the user is told what is waited for. */
const PATIENCE = 2000;

export interface HttpStoreOptions {
  /** Milliseconds before the second attempt. */
  readonly backoff?: number;
  /** Milliseconds. */
  readonly idleTimeout?: number;
  /** Called once, when a request takes long. */
  readonly onWait?: () => void;
  /** Milliseconds. */
  readonly patience?: number;
  /** Aborts all requests. */
  readonly signal?: AbortSignal;
}

type Method = 'GET' | 'HEAD' | 'PUT';

/**
 * Files on an HTTP server, by path: GET, HEAD and PUT, as nginx (WebDAV) and bazel-remote support them.
 * Retries transient faults. Does not follow redirects, which could lead credentials elsewhere.
 */
export class HttpStore implements RemoteStore {
  readonly #address: RemoteAddress;
  readonly #options: HttpStoreOptions;
  readonly #agent: http.Agent;
  readonly #limit = limitRequests();
  /** The first permanent failure ends all requests: others would fail the same, after all retries. */
  #failure: RunError | undefined;
  #hasWaited = false;

  constructor(address: RemoteAddress, options: HttpStoreOptions = {}) {
    this.#address = address;
    this.#options = options;
    const settings = { keepAlive: true, maxSockets: MAX_CONCURRENT };
    const isTls = address.url.startsWith('https:');
    this.#agent = isTls ? new https.Agent(settings) : new http.Agent(settings);
  }

  get url(): string {
    return this.#address.url;
  }

  async has(path: string): Promise<boolean> {
    return (await this.#request('HEAD', path, undefined, async () => true)) ?? false;
  }

  async get<T>(path: string, receive: (bytes: Readable) => Promise<T>): Promise<T | undefined> {
    return await this.#request('GET', path, undefined, receive);
  }

  async put(path: string, body: Body): Promise<void> {
    await this.#request('PUT', path, body, async () => true);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #request<T>(
    method: Method,
    path: string,
    body: Body | undefined,
    receive: (bytes: Readable) => Promise<T>,
  ): Promise<T | undefined> {
    return await this.#limit(async () => {
      for (let attempt = 1; ; attempt += 1) {
        if (this.#failure !== undefined) throw this.#failure;
        const { fault, value } = await this.#watched(this.#attempt(method, path, body, receive));
        if (fault === undefined) return value;
        const isAborted = this.#options.signal?.aborted === true;
        const attempts = fault.isSlow ? SLOW_ATTEMPTS : ATTEMPTS;
        if (attempt >= attempts || isAborted || !fault.isTransient) {
          this.#failure = fault.error;
          continue;
        }
        const { backoff = BACKOFF, signal } = this.#options;
        // An abort ends the delay, and the next attempt fails with it.
        await setTimeout(delayAfter(attempt, backoff), undefined, { signal }).catch(() => {});
      }
    });
  }

  /** Tells the user, once, that something takes long. */
  async #watched<T>(work: Promise<T>): Promise<T> {
    const { onWait, patience = PATIENCE } = this.#options;
    const callOff = realClock.after(patience, () => {
      if (!this.#hasWaited) onWait?.();
      this.#hasWaited = true;
    });
    try {
      return await work;
    } finally {
      callOff();
    }
  }

  /** A fault or a value; neither if the file does not exist. */
  async #attempt<T>(
    method: Method,
    path: string,
    body: Body | undefined,
    receive: (bytes: Readable) => Promise<T>,
  ): Promise<{ readonly fault?: HttpFault; readonly value?: T }> {
    const where = `${method} ${this.#address.url}/${path}`;
    try {
      const response = await this.#send(method, path, body);
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) {
        const value = await receive(response);
        // Discards an unread body, which frees the connection.
        response.resume();
        return { value };
      }
      response.resume();
      if (status === 404 && method !== 'PUT') return {};
      return { fault: responseFault(where, status, response.headers.location) };
    } catch (error) {
      if (error instanceof RunError) throw error;
      return { fault: networkFault(where, error as NodeJS.ErrnoException) };
    }
  }

  async #send(method: Method, path: string, body: Body | undefined): Promise<http.IncomingMessage> {
    const { authorization, url } = this.#address;
    const { idleTimeout = IDLE_TIMEOUT, signal } = this.#options;
    const send = url.startsWith('https:') ? https.request : http.request;
    const request = send(`${url}/${path}`, {
      method,
      agent: this.#agent,
      // Also applies while connecting.
      timeout: idleTimeout,
      headers: {
        accept: '*/*',
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/octet-stream', 'content-length': body.size }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    const giveUp = (code: string) => {
      const error = Object.assign(new Error(code), { code });
      // Who reads the answer would learn of a lost connection only.
      answer?.destroy(error);
      request.destroy(error);
    };
    let answer: http.IncomingMessage | undefined;
    request.on('timeout', () => giveUp('ETIMEDOUT'));
    endIfSlow(request, 2 * idleTimeout, () => giveUp(TOO_SLOW));
    const response = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', (arrived) => {
        answer = arrived;
        resolve(arrived);
      });
      request.on('error', reject);
    });
    if (body === undefined) request.end();
    // A failure also fails the request, unless the server has answered: then its answer is the cause.
    else pipeline(body.open(), request).catch(() => {});
    return await response;
  }
}

/** Calls back if less than the least is sent and received in an interval, in milliseconds. */
function endIfSlow(request: http.ClientRequest, interval: number, giveUp: () => void): void {
  const moved = () => (request.socket?.bytesRead ?? 0) + (request.socket?.bytesWritten ?? 0);
  let before = moved();
  const timer = setInterval(() => {
    const now = moved();
    if (now - before < (LEAST_SPEED * interval) / 1000) giveUp();
    before = now;
  }, interval);
  request.once('close', () => clearInterval(timer));
}

/** Concurrent requests to a remote cache. */
const MAX_CONCURRENT = 8;

export const limitRequests = (): LimitFunction => pLimit(MAX_CONCURRENT);

/** Like Promise.all, but waits until all have settled before it rejects. */
export async function allSettled<T>(work: Iterable<Promise<T>>): Promise<readonly T[]> {
  const promises = [...work];
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}
