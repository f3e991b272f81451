import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Who may ask: whoever has the token, and names this server by the address it listens on. A page of another site can
 * neither know the token nor, with a name of its own for 127.0.0.1, pass for this one.
 *
 * @param origin `http://127.0.0.1:PORT`
 * @returns the status with which to refuse; `undefined` for who may
 */
export function refusal(
  request: IncomingMessage,
  origin: string,
  token: string,
): number | undefined {
  const { host, origin: from } = request.headers;
  if (`http://${host}` !== origin) return 403;
  if (from !== undefined && from !== origin) return 403;
  // A browser says where a request that changes something comes from.
  if (request.method === 'POST' && from !== origin) return 403;
  const given = new URL(request.url ?? '', origin).searchParams.get('token') ?? '';
  return isSame(given, token) ? undefined : 401;
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
