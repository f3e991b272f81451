import { EXIT, RunError } from '../core/errors.ts';

/** Where a remote cache is and what opens it. */
export interface RemoteAddress {
  /** Without a slash at its end; `/cas/<digest>` and `/ac/<key>` follow. */
  readonly url: string;
  /** Value of the Authorization header. Never part of a message. */
  readonly authorization: string | undefined;
}

const HINT =
  'set PIPE_REMOTE=https://host/path, and PIPE_REMOTE_TOKEN or PIPE_REMOTE_USER and PIPE_REMOTE_PASSWORD if it wants credentials';

/**
 * Reads the address from the environment alone: a URL in pipeline.yaml could send the credentials of
 * whoever runs it anywhere.
 *
 * @throws {RunError}
 */
export function remoteAddress(
  env: Readonly<Record<string, string | undefined>> = process.env,
): RemoteAddress {
  const text = env.PIPE_REMOTE ?? '';
  if (text === '') throw refuse('no remote cache is given');
  if (!URL.canParse(text)) throw refuse('PIPE_REMOTE is no URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refuse(`PIPE_REMOTE begins with ${url.protocol} where http: or https: is known`);
  }
  // Such a URL ends up in logs and process lists; the URL itself is not repeated here.
  if (url.username !== '' || url.password !== '') {
    throw refuse('PIPE_REMOTE holds credentials');
  }
  if (url.search !== '' || url.hash !== '') throw refuse('PIPE_REMOTE has a ? or # part');
  return { url: url.href.replace(/\/+$/, ''), authorization: authorization(env) };
}

function authorization(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { PIPE_REMOTE_TOKEN: token, PIPE_REMOTE_USER: user, PIPE_REMOTE_PASSWORD: password } = env;
  if (token !== undefined && token !== '') {
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw refuse('PIPE_REMOTE_TOKEN has a character that no token has (a line break?)');
    }
    return `Bearer ${token}`;
  }
  if (user === undefined || user === '') return undefined;
  if (user.includes(':')) throw refuse('PIPE_REMOTE_USER has a colon');
  return `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}`;
}

function refuse(message: string): RunError {
  return new RunError(message, HINT, EXIT.usage);
}
