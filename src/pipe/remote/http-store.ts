import * as http from 'node:http';
import * as https from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { delayAfter } from '../core/backoff.ts';
import type { Clock } from '../core/clock.ts';
import { realClock } from '../core/clock.ts';
import { RunError } from '../core/errors.ts';
import type { RemoteAddress } from './address.ts';
import { answerFault, type HttpFault, networkFault } from './http-faults.ts';
import { AT_A_TIME, Turns } from './turns.ts';

/** Attempts at one request, and milliseconds before the second. */
const ATTEMPTS = 4;
const BACKOFF = 500;
/** Milliseconds without a byte in either direction. */
const PATIENCE = 30_000;

export interface HttpStoreOptions {
  readonly clock?: Clock;
  readonly patience?: number;
  /** Ends everything that is under way. */
  readonly signal?: AbortSignal;
}

type Method = 'GET' | 'HEAD' | 'PUT';

/** What a PUT sends; opened anew for each attempt. */
export interface Body {
  readonly size: number;
  open(): Readable;
}

/**
 * Files on an HTTP server by path: GET, HEAD and PUT, as nginx's WebDAV and bazel-remote know them.
 * What may pass by itself is tried again; redirects are not followed, since credentials and answers
 * belong to one address.
 */
export class HttpStore {
  readonly #address: RemoteAddress;
  readonly #options: HttpStoreOptions;
  readonly #agent: http.Agent;
  readonly #turns = new Turns(AT_A_TIME);
  /** What a request failed with for good: the others would find the same, each after its attempts. */
  #failure: RunError | undefined;

  constructor(address: RemoteAddress, options: HttpStoreOptions = {}) {
    this.#address = address;
    this.#options = options;
    const settings = { keepAlive: true, maxSockets: AT_A_TIME };
    const isSafe = address.url.startsWith('https:');
    this.#agent = isSafe ? new https.Agent(settings) : new http.Agent(settings);
  }

  /** For messages. */
  get url(): string {
    return this.#address.url;
  }

  /** Whether there is such a file. */
  async has(path: string): Promise<boolean> {
    return (await this.#request('HEAD', path, undefined, async () => true)) ?? false;
  }

  /**
   * Hands over the bytes of a file.
   * @param receive called again for each attempt; must end when the stream does
   * @returns what it returned; `undefined` when there is no such file
   */
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
    return await this.#turns.take(async () => {
      for (let attempt = 1; ; attempt += 1) {
        if (this.#failure !== undefined) throw this.#failure;
        const { fault, value } = await this.#attempt(method, path, body, receive);
        if (fault === undefined) return value;
        const isOver = this.#options.signal?.aborted === true;
        if (attempt === ATTEMPTS || isOver || !fault.passing) {
          this.#failure = fault.error;
          continue;
        }
        await this.#wait(delayAfter(attempt, BACKOFF));
      }
    });
  }

  /** Either of the two; neither when there is no such file. */
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
        // An answer that nobody wanted the body of frees its connection.
        response.resume();
        return { value };
      }
      response.resume();
      if (status === 404 && method !== 'PUT') return {};
      return { fault: answerFault(where, status, response.headers.location) };
    } catch (error) {
      if (error instanceof RunError) throw error;
      return { fault: networkFault(where, error as NodeJS.ErrnoException) };
    }
  }

  async #send(method: Method, path: string, body: Body | undefined): Promise<http.IncomingMessage> {
    const { authorization, url } = this.#address;
    const { patience = PATIENCE, signal } = this.#options;
    const send = url.startsWith('https:') ? https.request : http.request;
    const request = send(`${url}/${path}`, {
      method,
      agent: this.#agent,
      // Of the socket: also while it connects.
      timeout: patience,
      headers: {
        accept: '*/*',
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/octet-stream', 'content-length': body.size }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    request.on('timeout', () => {
      request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    });
    const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.on('error', reject);
    });
    if (body === undefined) request.end();
    // Its failure is one of the request, unless the server has answered before: then that tells more.
    else pipeline(body.open(), request).catch(() => {});
    return await answer;
  }

  async #wait(delay: number): Promise<void> {
    const { clock = realClock, signal } = this.#options;
    await new Promise<void>((resolve) => {
      const callOff = clock.after(delay, resolve);
      signal?.addEventListener(
        'abort',
        () => {
          callOff();
          resolve();
        },
        { once: true },
      );
    });
  }
}
