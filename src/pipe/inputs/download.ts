import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { RunError } from '../core/errors.ts';
import type { Disk } from '../disk/disk.ts';

/** Something to fetch once. */
interface Download {
  readonly url: string;
  readonly sha256: string;
  /** Where it goes. */
  readonly path: string;
}

/** Milliseconds without a byte. */
const IDLE_TIMEOUT = 30_000;

/** The file while it is incomplete: what is there of it is not fetched again. */
function partOf(path: string): string {
  return `${path}.part`;
}

/**
 * Fetches a file unless it is there. It appears when it is complete and its content is the expected one.
 *
 * @param announce called when something is fetched
 * @throws {RunError} when it cannot be fetched, or has other content
 */
export async function fetchOnce(
  disk: Disk,
  { url, sha256, path }: Download,
  signal: AbortSignal,
  announce: (message: string) => void,
  idleTimeout: number = IDLE_TIMEOUT,
): Promise<void> {
  if (disk.stat(path)?.isFile === true) return;
  announce(`fetching ${url}`);
  const part = partOf(path);
  disk.makeFolder(dirname(path));
  const hadPart = (disk.stat(part)?.size ?? 0) > 0;
  await append(disk, url, part, signal, idleTimeout);
  const digest = await disk.digest(part);
  if (digest === sha256) {
    await disk.sync(part);
    disk.rename(part, path);
    await disk.sync(dirname(path));
    return;
  }
  disk.remove(part);
  // The file may have changed at its source between the two halves.
  if (hadPart) return await fetchOnce(disk, { url, sha256, path }, signal, announce, idleTimeout);
  throw new RunError(
    `${url} has other content than expected: its SHA-256 is ${digest}, not ${sha256}`,
    'if it was changed on purpose, write the new sha256 into pipeline.yaml; otherwise ask where it comes from',
  );
}

/** Continues a file where it ends, if the server can; otherwise fetches it anew. */
async function append(
  disk: Disk,
  url: string,
  part: string,
  signal: AbortSignal,
  idleTimeout: number,
): Promise<void> {
  const size = disk.stat(part)?.size ?? 0;
  const idle = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const isAlive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => idle.abort(), idleTimeout);
  };
  isAlive();
  try {
    const headers = size > 0 ? { range: `bytes=${size}-` } : {};
    const response = await fetch(url, { headers, signal: AbortSignal.any([signal, idle.signal]) });
    // Nothing is left to fetch.
    if (response.status === 416) return;
    if (!response.ok || response.body === null) throw refused(url, response.status);
    const body = Readable.fromWeb(response.body as ReadableStream).on('data', isAlive);
    await pipeline(body, disk.writeStream(part, response.status === 206));
  } catch (error) {
    if (error instanceof RunError || signal.aborted) throw error;
    throw unreachable(url, error as Error, idle.signal.aborted ? idleTimeout : undefined);
  } finally {
    clearTimeout(timer);
  }
}

function refused(url: string, status: number): RunError {
  const reasons: Readonly<Record<number, string>> = {
    401: 'it asks for a password',
    403: 'it refuses access',
    404: 'it is not there',
  };
  const reason = reasons[status] ?? (status >= 500 ? 'the server has a problem' : 'no success');
  return new RunError(
    `cannot fetch ${url}: ${reason} (status ${status})`,
    'open the address in a browser; a file that needs a password can be fetched by hand and read with files: ...',
  );
}

function unreachable(url: string, error: Error, idleTimeout: number | undefined): RunError {
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  const reasons: Readonly<Record<string, string>> = {
    ENOTFOUND: 'unknown host, or no network',
    EAI_AGAIN: 'no network',
    ECONNREFUSED: 'connection refused',
    ECONNRESET: 'connection lost',
    UND_ERR_SOCKET: 'connection lost',
    ENETUNREACH: 'no network',
  };
  const reason =
    idleTimeout === undefined
      ? (reasons[cause?.code ?? ''] ?? cause?.message ?? error.message)
      : `nothing came for ${idleTimeout / 1000} s`;
  return new RunError(
    `cannot fetch ${url}: ${reason}`,
    'run it again when the network is there: it continues where it stopped',
  );
}
