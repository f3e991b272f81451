import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What the server does instead of answering a request rightly. */
export type Mischief = (
  request: IncomingMessage,
  response: ServerResponse,
  file: Buffer | undefined,
) => boolean;

/** A server of files in memory, as WebDAV servers and bazel-remote behave: GET, HEAD and PUT. */
export class FileServer {
  readonly files = new Map<string, Buffer>();
  /** `GET /cas/ab...` of every request, in their order. */
  readonly requests: string[] = [];
  readonly authorizations = new Set<string | undefined>();
  /** Returns whether it has answered itself. */
  mischief: Mischief = () => false;
  url = '';

  /** @param onEnd told what to do at the end of the test; a concurrent one has its own */
  static async start(onEnd: (end: () => void) => void = onTestFinished): Promise<FileServer> {
    const made = new FileServer();
    const server = createServer((request, response) => void made.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onEnd(() => {
      server.closeAllConnections();
      server.close();
    });
    made.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return made;
  }

  count(method: string): number {
    return this.requests.filter((line) => line.startsWith(`${method} `)).length;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    this.requests.push(`${method} ${url}`);
    this.authorizations.add(request.headers.authorization);
    const file = this.files.get(url);
    if (this.mischief(request, response, file)) return;
    if (method === 'PUT') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      this.files.set(url, Buffer.concat(chunks));
      response.writeHead(201).end();
    } else if (file === undefined) response.writeHead(404).end('no such file');
    else {
      response.writeHead(200, { 'content-length': file.length });
      response.end(method === 'HEAD' ? undefined : file);
    }
  }
}
