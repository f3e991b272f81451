import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserCode } from '../report/bundle.ts';
import type { JournalReader, Position } from './follow.ts';
import { refusal } from './guard.ts';
import { livePage } from './page.ts';

/** Milliseconds between two looks at the journals. */
const INTERVAL = 250;

/** What the live page is made from. */
export interface LiveSources {
  /** Of the project, for the title. */
  readonly project: string;
  readonly code: BrowserCode;
  /** A new reader of the journals, from a place that a page has come to. */
  readonly follow: (position: Position | undefined) => JournalReader;
  /** The stages and their inputs, drawn; `undefined` where the pipeline cannot be read. */
  readonly graph: (profile: string) => Promise<string | undefined>;
  /** The end of an instance's log. */
  readonly log: (instance: string) => string | undefined;
  /** @returns why a run was not cancelled */
  readonly cancel: (run: string) => string | undefined;
}

export interface LiveServer {
  /** With the token. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the live page to this machine alone, on a free port. */
export async function serve(sources: LiveSources): Promise<LiveServer> {
  const token = randomBytes(24).toString('base64url');
  const streams = new Set<ServerResponse>();
  let origin = '';
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      if (response.headersSent) response.destroy();
      else reply(response, 500, 'text/plain', error.message);
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusal(request, origin, token);
    if (refused !== undefined) {
      return reply(response, refused, 'text/plain', 'open the address that pipe ui prints');
    }
    const { pathname, searchParams } = new URL(request.url ?? '', origin);
    const asked = (name: string) => searchParams.get(name) ?? '';
    switch (`${request.method} ${pathname}`) {
      case 'GET /': {
        const nonce = randomBytes(16).toString('base64');
        response.setHeader('Content-Security-Policy', policyOf(nonce));
        return reply(response, 200, 'text/html', livePage(sources.project, sources.code, nonce));
      }
      case 'GET /events':
        return stream(response, positionOf(String(request.headers['last-event-id'] ?? '')));
      case 'GET /graph': {
        const svg = await sources.graph(asked('profile'));
        return reply(response, svg === undefined ? 404 : 200, 'text/plain', svg ?? '');
      }
      case 'GET /log': {
        const log = sources.log(asked('instance'));
        return reply(response, log === undefined ? 404 : 200, 'text/plain', log ?? '');
      }
      case 'POST /cancel': {
        const why = sources.cancel(asked('run'));
        return reply(response, why === undefined ? 202 : 409, 'text/plain', why ?? 'stopping');
      }
      default:
        return reply(response, 404, 'text/plain', 'there is no such page');
    }
  }

  function stream(response: ServerResponse, position: Position | undefined): void {
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream' });
    streams.add(response);
    const reader = sources.follow(position);
    const send = () => {
      // A page that is slower than the run gets what it missed at once, later.
      if (response.writableNeedDrain) return;
      for (const message of reader.read()) {
        const at = reader.position;
        const id = at === undefined ? '' : `id: ${at.run}:${at.offset}\n`;
        response.write(`${id}data: ${JSON.stringify(message)}\n\n`);
      }
    };
    send();
    const timer = setInterval(send, INTERVAL);
    response.on('close', () => {
      clearInterval(timer);
      streams.delete(response);
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/?token=${token}`,
    async close() {
      for (const response of streams) response.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const HEADERS = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** Charts carry styles of their own. */
function policyOf(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'unsafe-inline'",
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function reply(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': `${type}; charset=utf-8` });
  response.end(text);
}

/** Of the last event that a page has received. */
function positionOf(id: string): Position | undefined {
  const [, run, offset] = /^([\w.-]+):(\d{1,15})$/.exec(id) ?? [];
  return run === undefined ? undefined : { run, offset: Number(offset) };
}
