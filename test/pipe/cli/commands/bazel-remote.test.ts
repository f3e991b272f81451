import { createHash } from 'node:crypto';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess, type StartedProcess, startProcess } from '../../../processes.ts';
import { PipeProject } from '../pipe.ts';
import { end, files, freePort, isUp } from '../servers.ts';

const hasServer = runProcess('bazel-remote', ['--help']).status === 0;
/** Says in the report of the tests why they did not run. */
const why = hasServer ? '' : ' (skipped: there is no bazel-remote here)';

const folder = mkdtempSync(join(tmpdir(), 'shatter-bazel-remote-'));
let server: StartedProcess;
let here: PipeProject;
let there: PipeProject;

beforeAll(async () => {
  if (!hasServer) return;
  const port = await freePort();
  const users = join(folder, 'users');
  const password = createHash('sha1').update('hunter2').digest('base64');
  writeFileSync(users, `ann:{SHA}${password}\n`);
  const places = ['--dir', join(folder, 'data'), '--htpasswd_file', users];
  const addresses = ['--http_address', `127.0.0.1:${port}`, '--grpc_address', 'none'];
  server = startProcess('bazel-remote', ['--max_size', '1', ...places, ...addresses], {
    stdio: 'ignore',
  });
  await isUp(port);
  const env = {
    PIPE_REMOTE: `http://127.0.0.1:${port}/study`,
    PIPE_REMOTE_USER: 'ann',
    PIPE_REMOTE_PASSWORD: 'hunter2',
  };
  here = new PipeProject(files, env);
  there = new PipeProject(files, env);
  expect(here.pipe('run').status).toBe(0);
}, 60_000);

afterAll(async () => {
  here?.remove();
  there?.remove();
  if (server !== undefined) await end(server);
  rmSync(folder, { recursive: true, force: true });
});

test.skipIf(!hasServer)(
  `results go from one project to another through bazel-remote, which checks records and digests${why}`,
  () => {
    expect(here.pipe('push')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^4 actions sent \(3\.\d* MB\), 0 already there\n$/),
    });
    expect(here.pipe('push').stdout).toBe('0 actions sent (0 B), 4 already there\n');
    expect(there.pipe('pull').stdout).toMatch(/^4 instances fetched/);
    expect(readFileSync(join(there.root, 'artifacts/sum/out.txt'), 'utf8')).toBe('1000000,2000000');
    expect(there.pipe('run').stdout).toContain('nothing to do: 4 instances current');
  },
  60_000,
);

test.skipIf(!hasServer)(
  `a file damaged on its disk is not used, and push --force repairs it${why}`,
  () => {
    const digest = createHash('sha256').update('1000000,2000000').digest('hex');
    const shelf = join(folder, 'data/cas.v2', digest.slice(0, 2));
    const [stored] = readdirSync(shelf).filter((name) => name.startsWith(digest));
    truncateSync(join(shelf, stored), 3);
    there.forget();
    const { status, stdout } = there.pipe('pull');
    expect(status).toBe(1);
    expect(stdout).toContain(`/cas/${digest} is damaged: not used`);
    expect(here.pipe('push', '--force').status).toBe(0);
    expect(there.pipe('pull')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('1 instance fetched'),
    });
  },
  60_000,
);
