import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess, type StartedProcess, startProcess } from '../../../processes.ts';
import { PipeProject } from '../pipe.ts';
import { end, files, freePort, isUp } from '../servers.ts';

const missing = [['nginx', '-v'] as const, ['openssl', 'version'] as const]
  .filter(([name, option]) => runProcess(name, [option]).status !== 0)
  .map(([name]) => name);
const hasNginx = missing.length === 0;
/** Says in the report of the tests why they did not run. */
const why = hasNginx ? '' : ` (skipped: there is no ${missing.join(' and no ')} here)`;

const folder = mkdtempSync(join(tmpdir(), 'shatter-nginx-'));
let nginx: StartedProcess;
let env: Readonly<Record<string, string>>;
let here: PipeProject;

beforeAll(async () => {
  if (!hasNginx) return;
  const port = await freePort();
  mkdirSync(join(folder, 'files'));
  makeCertificate();
  // The password is not encrypted; only this test knows it.
  writeFileSync(join(folder, 'users'), 'ann:{PLAIN}hunter2\n');
  writeFileSync(join(folder, 'nginx.conf'), configuration(port));
  nginx = startProcess('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: 'ignore',
  });
  await isUp(port);
  env = {
    PIPE_REMOTE: `https://127.0.0.1:${port}/study`,
    NODE_EXTRA_CA_CERTS: join(folder, 'certificate.pem'),
    PIPE_REMOTE_USER: 'ann',
    PIPE_REMOTE_PASSWORD: 'hunter2',
  };
  here = new PipeProject(files, env);
  expect(here.pipe('run').status).toBe(0);
});

afterAll(async () => {
  here?.remove();
  if (nginx !== undefined) await end(nginx);
  rmSync(folder, { recursive: true, force: true });
});

/** As docs/remote-cache.md has it. */
function configuration(port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/tmp-${name};`).join(' ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${folder}/certificate.pem;
    ssl_certificate_key ${folder}/key.pem;
    location / {
      root ${folder}/files;
      dav_methods PUT;
      create_full_put_path on;
      client_max_body_size 0;
      auth_basic cache;
      auth_basic_user_file ${folder}/users;
    }
  }
}`;
}

/** Signed by itself: whoever is to trust it must be given it. */
function makeCertificate(): void {
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')];
  const made = runProcess('openssl', ['req', '-x509', '-days', '2', ...key, ...subject, ...files]);
  expect(made.status).toBe(0);
}

test.skipIf(!hasNginx)(`through nginx, results go from one project to another${why}`, () => {
  expect(here.pipe('push')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^4 actions sent \(3\.\d* MB\), 0 already there\n$/),
  });
  expect(readdirSync(join(folder, 'files/study')).sort()).toEqual(['ac', 'cas']);
  expect(here.pipe('push').stdout).toBe('0 actions sent (0 B), 4 already there\n');

  const there = new PipeProject(files, env);
  try {
    const pulled = there.pipe('pull');
    expect(pulled.stdout).toMatch(/^4 instances fetched \(3\.\d* MB\), 0 already here\n$/);
    expect(readFileSync(join(there.root, 'artifacts/sum/out.txt'), 'utf8')).toBe('1000000,2000000');
    expect(there.pipe('run').stdout).toContain('nothing to do: 4 instances current');

    there.forget();
    const run = there.pipe('run', '--remote');
    expect(run.stdout).toContain('sum restored from the remote cache');
    expect(run.stdout).toContain('4 restored from the cache');
  } finally {
    there.remove();
  }
});

test.skipIf(!hasNginx)(`nginx refuses a wrong password, which is never printed${why}`, () => {
  const stranger = new PipeProject(files, { ...env, PIPE_REMOTE_PASSWORD: 'guess' });
  try {
    const { status, stdout, stderr } = stranger.pipe('pull', '--profile', 'default');
    expect(status).toBe(1);
    expect(stderr).toMatch(/error: the remote cache answered GET https.*\/study\/ac\/\w+ with 401/);
    expect(stderr).toContain('fix: set PIPE_REMOTE_TOKEN, or PIPE_REMOTE_USER');
    expect(stdout + stderr).not.toMatch(/guess|ann/);
  } finally {
    stranger.remove();
  }
});

test.skipIf(!hasNginx)(`a server with an untrusted certificate gets no credentials${why}`, () => {
  const careful = new PipeProject(files, { ...env, NODE_EXTRA_CA_CERTS: '' });
  try {
    const { status, stderr } = careful.pipe('pull', '--profile', 'default');
    expect(status).toBe(1);
    expect(stderr).toMatch(/error: cannot reach the remote cache \(GET https.*\): self.signed/);
    expect(stderr).toContain('fix: check its certificate; NODE_EXTRA_CA_CERTS=file.pem adds');
  } finally {
    careful.remove();
  }
});

test('without an address, push and pull say how to give one', () => {
  const project = new PipeProject(files, { PIPE_REMOTE: '' });
  try {
    for (const args of [['push'], ['pull'], ['run', '--remote']]) {
      const { status, stderr } = project.pipe(...args);
      expect(status).toBe(2);
      expect(stderr).toContain(
        'error: no remote cache is configured\n  fix: set PIPE_REMOTE=https://',
      );
    }
  } finally {
    project.remove();
  }
});
