import { RunError } from '../core/errors.ts';

/** Why a request failed, and whether a retry may help. */
export interface HttpFault {
  readonly error: RunError;
  readonly isTransient: boolean;
  readonly isSlow?: boolean;
}

/** Code of an error of our own, as those of the network have. */
export const TOO_SLOW = 'TOO_SLOW';

/** Worth a retry, as are all 5xx except the permanent ones. */
const TRANSIENT = new Set([408, 425, 429]);
const PERMANENT = new Set([501, 505, 507]);

/** What common error statuses mean here, and the fix. */
const MEANINGS: Readonly<Record<number, readonly [what: string, hint: string]>> = {
  401: [
    'credentials are missing or wrong',
    'set PIPE_REMOTE_TOKEN, or PIPE_REMOTE_USER and PIPE_REMOTE_PASSWORD',
  ],
  403: ['permission denied', 'check the permissions: pull needs GET, push also PUT'],
  404: ['no such path', 'check the path in PIPE_REMOTE'],
  405: ['uploads are not enabled', 'nginx: dav_methods PUT'],
  409: ['the server does not create folders', 'nginx: create_full_put_path on'],
  413: ['the file exceeds the size limit', 'nginx: client_max_body_size 0'],
  507: ['its disk is full', 'free some space on the server'],
};

/** @param where method and address, without credentials */
export function responseFault(where: string, status: number, location?: string): HttpFault {
  if (status >= 300 && status < 400) {
    const target = location === undefined ? 'elsewhere' : `to ${withoutQuery(location)}`;
    const message = `the remote cache answered ${where} with ${status}: a redirect ${target}`;
    const hint = 'set PIPE_REMOTE to the final address: credentials are not sent to any other';
    return { error: new RunError(message, hint), isTransient: false };
  }
  const [meaning, hint] = MEANINGS[status] ?? ['', `see the server's log`];
  const message = `the remote cache answered ${where} with ${status}${meaning && `: ${meaning}`}`;
  const isTransient = TRANSIENT.has(status) || (status >= 500 && !PERMANENT.has(status));
  return { error: new RunError(message, hint), isTransient };
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'unknown host',
  EAI_AGAIN: 'name lookup failed',
  ETIMEDOUT: 'timed out',
  [TOO_SLOW]: 'it sends and takes less than 1 kB/s',
  ECONNRESET: 'connection lost',
  EPIPE: 'connection lost',
  ABORT_ERR: 'cancelled',
};

export function networkFault(where: string, error: NodeJS.ErrnoException): HttpFault {
  const { code = '' } = error;
  const reason = REASONS[code] ?? error.message;
  const isTls = /CERT|SELF_SIGNED|SSL|TLS|ISSUER/.test(code);
  const hint = isTls
    ? 'check its certificate; NODE_EXTRA_CA_CERTS=file.pem adds your own certificate authority'
    : 'check the network and PIPE_REMOTE';
  return {
    error: new RunError(`cannot reach the remote cache (${where}): ${reason}`, hint),
    isTransient: !isTls && code !== 'ABORT_ERR' && code !== 'ENOTFOUND',
    isSlow: code === TOO_SLOW,
  };
}

/** The query of a redirect may be a signature. */
function withoutQuery(location: string): string {
  return location.replace(/[?#].*/s, '');
}
