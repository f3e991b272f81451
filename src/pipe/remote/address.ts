import { EXIT, RunError } from '../core/errors.ts';

/** URL and credentials of a remote cache. */
export interface RemoteAddress {
  /** Without a trailing slash; `/cas/<digest>` and `/ac/<key>` follow. */
  readonly url: string;
  /** Value of the Authorization header; never shown in messages. */
  readonly authorization: string | undefined;
}

const HINT =
  'set PIPE_REMOTE=https://host/path or file:///folder, and for credentials PIPE_REMOTE_TOKEN, or PIPE_REMOTE_USER and PIPE_REMOTE_PASSWORD';

/**
 * Reads the address only from the environment and the command line: a URL in pipeline.yaml could send the user's
 * credentials anywhere.
 *
 * @param text the address, where the command line has it
 * @throws {RunError}
 */
export function remoteAddress(
  env: Readonly<Record<string, string | undefined>> = process.env,
  text: string = env.PIPE_REMOTE ?? '',
): RemoteAddress {
  if (text === '') throw invalid('no remote cache is configured');
  if (!URL.canParse(text)) throw invalid('PIPE_REMOTE is not a URL');
  const url = new URL(text);
  if (url.protocol === 'file:' && url.hostname === '') {
    return { url: url.href, authorization: undefined };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw invalid(
      `PIPE_REMOTE starts with ${url.protocol} but must start with http:, https: or file:///`,
    );
  }
  // They would end up in logs and process lists, so the message does not repeat them either.
  if (url.username !== '' || url.password !== '') {
    throw invalid('PIPE_REMOTE contains credentials');
  }
  if (url.search !== '' || url.hash !== '') throw invalid('PIPE_REMOTE has a query or a fragment');
  return { url: url.href.replace(/\/+$/, ''), authorization: authorization(env) };
}

function authorization(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { PIPE_REMOTE_TOKEN: token, PIPE_REMOTE_USER: user, PIPE_REMOTE_PASSWORD: password } = env;
  if (token !== undefined && token !== '') {
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw invalid('PIPE_REMOTE_TOKEN has an invalid character (a line break?)');
    }
    return `Bearer ${token}`;
  }
  if (user === undefined || user === '') return undefined;
  if (user.includes(':')) throw invalid('PIPE_REMOTE_USER contains a colon');
  return `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}`;
}

function invalid(message: string): RunError {
  return new RunError(message, HINT, EXIT.usage);
}
