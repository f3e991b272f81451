import { RunError } from '../core/errors.ts';

/** Why a request failed, and whether it may do better in a moment. */
export interface HttpFault {
  readonly error: RunError;
  readonly passing: boolean;
}

/** Statuses that say `not now`; all 5xx do but 501, 505 and 507. */
const PASSING = new Set([408, 425, 429]);
const LASTING = new Set([501, 505, 507]);

/** What the usual refusals mean, and what to do about them. */
const MEANINGS: Readonly<Record<number, readonly [what: string, hint: string]>> = {
  401: [
    'it wants credentials, or others',
    'set PIPE_REMOTE_TOKEN, or PIPE_REMOTE_USER and PIPE_REMOTE_PASSWORD',
  ],
  403: ['it refuses this user', 'check what its user may do: pull needs GET, push also PUT'],
  404: ['it has no such place', 'check the path of PIPE_REMOTE'],
  405: ['it does not take files', 'nginx: dav_methods PUT'],
  409: ['it makes no folders', 'nginx: create_full_put_path on'],
  413: ['the file is too large for it', 'nginx: client_max_body_size 0'],
  507: ['its disk is full', 'free some space there'],
};

/** @param where method and address, without credentials */
export function answerFault(where: string, status: number, location?: string): HttpFault {
  if (status >= 300 && status < 400) {
    const target = location === undefined ? 'elsewhere' : `to ${withoutQuery(location)}`;
    return lasting(
      `the remote cache answered ${where} with ${status}: it redirects ${target}`,
      'set PIPE_REMOTE to the address that answers itself: credentials are sent to no other',
    );
  }
  const [what, hint] = MEANINGS[status] ?? ['', 'see the log of that server'];
  const message = `the remote cache answered ${where} with ${status}${what === '' ? '' : `: ${what}`}`;
  const passing = PASSING.has(status) || (status >= 500 && !LASTING.has(status));
  return { error: new RunError(message, hint), passing };
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be looked up now',
  ETIMEDOUT: 'no answer in time',
  ECONNRESET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  ABORT_ERR: 'cancelled',
};

export function networkFault(where: string, error: NodeJS.ErrnoException): HttpFault {
  const { code = '', message } = error;
  const reason = REASONS[code] ?? message;
  const isTls = /CERT|SELF_SIGNED|SSL|TLS|ISSUER/.test(code);
  const hint = isTls
    ? 'check its certificate; NODE_EXTRA_CA_CERTS=file.pem adds an authority of your own'
    : 'check the network and PIPE_REMOTE';
  return {
    error: new RunError(`the remote cache cannot be reached (${where}): ${reason}`, hint),
    passing: !isTls && code !== 'ABORT_ERR' && code !== 'ENOTFOUND',
  };
}

function lasting(message: string, hint: string): HttpFault {
  return { error: new RunError(message, hint), passing: false };
}

/** A redirect may carry a signature in its query. */
function withoutQuery(location: string): string {
  return location.replace(/[?#].*/s, '');
}
