import type { Readable } from 'node:stream';

/** What is to be stored; opened again for each attempt. */
export interface Body {
  /** Bytes. */
  readonly size: number;
  open(): Readable;
}

/** Files by path, shared by machines: where a remote cache keeps what it has. All throw `RunError`. */
export interface RemoteStore {
  /** For messages. */
  readonly url: string;
  /** Whether the file exists. */
  has(path: string): Promise<boolean>;
  /**
   * Reads a file.
   * @param receive consumes the bytes; called again for each attempt
   * @returns the result of `receive`; `undefined` if the file does not exist
   */
  get<T>(path: string, receive: (bytes: Readable) => Promise<T>): Promise<T | undefined>;
  put(path: string, body: Body): Promise<void>;
  /** Does nothing if there is no such file; left out where files cannot be removed, as on a server. */
  remove?(path: string): Promise<void>;
  close(): void;
}
