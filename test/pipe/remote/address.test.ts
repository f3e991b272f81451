import { expect, test } from 'vitest';
import { RunError } from '../../../src/pipe/core/errors.ts';
import { remoteAddress } from '../../../src/pipe/remote/address.ts';

const URL = 'https://cache.example.org/study/';

test('the address has no trailing slash, and credentials only if the environment has them', () => {
  expect(remoteAddress({ PIPE_REMOTE: URL })).toEqual({
    url: 'https://cache.example.org/study',
    authorization: undefined,
  });
});

test('a token is a bearer token, a user and a password are basic authentication', () => {
  expect(remoteAddress({ PIPE_REMOTE: URL, PIPE_REMOTE_TOKEN: 'abc' }).authorization).toBe(
    'Bearer abc',
  );
  // RFC 7617, section 2: the example of Aladdin.
  expect(
    remoteAddress({
      PIPE_REMOTE: URL,
      PIPE_REMOTE_USER: 'Aladdin',
      PIPE_REMOTE_PASSWORD: 'open sesame',
    }).authorization,
  ).toBe('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==');
});

test.each([
  [{}, 'no remote cache is configured'],
  [{ PIPE_REMOTE: 'cache.example.org' }, 'PIPE_REMOTE is not a URL'],
  [{ PIPE_REMOTE: 'file://host/etc' }, 'PIPE_REMOTE starts with file:'],
  [{ PIPE_REMOTE: 'ftp://host/etc' }, 'PIPE_REMOTE starts with ftp:'],
  [{ PIPE_REMOTE: 'https://me:hunter2@host/' }, 'PIPE_REMOTE contains credentials'],
  [{ PIPE_REMOTE: 'https://host/?token=hunter2' }, 'PIPE_REMOTE has a query or a fragment'],
  [
    { PIPE_REMOTE: URL, PIPE_REMOTE_TOKEN: 'hunter2\nX-Evil: 1' },
    'PIPE_REMOTE_TOKEN has an invalid character',
  ],
])('%j is rejected without repeating a secret', (env, message) => {
  const refusal = (() => {
    try {
      return remoteAddress(env as Record<string, string>);
    } catch (error) {
      return error;
    }
  })();
  expect(refusal).toBeInstanceOf(RunError);
  expect((refusal as RunError).message).toContain(message);
  expect(`${(refusal as RunError).message} ${(refusal as RunError).hint}`).not.toContain('hunter2');
});
