import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type Diagnostic,
  DiagnosticsError,
  formatDiagnostic,
} from '../../../src/pipe/core/diagnostic.ts';
import { EXIT, RunError } from '../../../src/pipe/core/errors.ts';
import {
  DEFAULT_SITE,
  defaultSiteFile,
  parseSite,
  readSite,
} from '../../../src/pipe/slurm/site.ts';
import { temporaryFolder } from '../project.ts';

function mistakes(text: string): readonly Diagnostic[] {
  try {
    parseSite('slurm.yaml', text);
  } catch (error) {
    if (error instanceof DiagnosticsError) return error.diagnostics;
    throw error;
  }
  return [];
}

test('a site file says how to use the cluster; what it leaves out has defaults', () => {
  const site = parseSite(
    'slurm.yaml',
    'partition: gpu\ntime: 4h\nmemory: 2GB\nsetup: [module load nodejs]\n',
  );
  const own = { partition: 'gpu', time: 14_400_000, memory: 2e9, setup: ['module load nodejs'] };
  expect(site).toEqual({ ...DEFAULT_SITE, ...own });
  expect(parseSite('slurm.yaml', '# nothing yet\n')).toEqual(DEFAULT_SITE);
});

test('a mistake in a site file is shown at its place with the fix', () => {
  const [poll, unknown] = mistakes('partiton: gpu\npoll: 100ms\n');
  expect(formatDiagnostic(unknown)).toBe(
    "error: unknown key 'partiton' in the site file\n  at slurm.yaml:1:1\n  fix: did you mean 'partition'?",
  );
  expect(poll.message).toBe("'poll' must be a duration of at least 1 s, not the string '100ms'");
  expect(poll.range).toMatchObject({ line: 2, column: 7 });
});

test('scratch is a path from the root or from a variable: a relative one would be in the project', () => {
  for (const scratch of ['/local/$USER', '$TMPDIR/pipe', '/scratch']) {
    expect(parseSite('slurm.yaml', `scratch: ${scratch}\n`).scratch).toBe(scratch);
  }
  for (const scratch of ['rel/path', '.', '~/tmp', "''"]) {
    const [mistake] = mistakes(`poll: 20s\nscratch: ${scratch}\n`);
    expect(mistake.message).toContain("'scratch' must be a path from the root");
    expect(mistake.range).toMatchObject({ line: 2, column: 10 });
    expect(mistake.hint).toContain('scratch: /local/$USER');
  }
});

function faultOf(path: string): RunError {
  try {
    readSite(path);
  } catch (error) {
    if (error instanceof RunError) return error;
  }
  throw new Error('it was read');
}

test('a folder or a file that cannot be read in its place is wrong usage, and says so with the fix', () => {
  const folder = temporaryFolder();
  const { message, hint, exitCode } = faultOf(folder);
  expect(message).toBe(`cannot read the site file ${folder}: it is a folder`);
  expect(hint).toBe(`name the file in it: --site ${folder}/slurm.yaml`);
  expect(exitCode).toBe(EXIT.usage);
  // Reading a process's memory at 0 fails for everybody.
  const unreadable = faultOf('/proc/self/mem');
  expect(unreadable.message).toContain('cannot read the site file /proc/self/mem');
  expect(unreadable.exitCode).toBe(EXIT.usage);
});

test('a file that is no YAML is shown at its place with a fix', () => {
  for (const text of ['partition: [a', 'partition: a: b', 'partition: @a', 'partition: "a']) {
    const [mistake] = mistakes(text);
    expect(mistake.hint, text).toBeTruthy();
    expect(mistake.range?.file).toBe('slurm.yaml');
  }
});

test('the file that is named must be there, that of the user need not', () => {
  const folder = temporaryFolder();
  const missing = faultOf(join(folder, 'none.yaml'));
  expect(missing.message).toBe(`there is no site file ${folder}/none.yaml`);
  expect(missing.exitCode).toBe(EXIT.usage);
  writeFileSync(join(folder, 'site.yaml'), 'account: physics');
  expect(readSite(join(folder, 'site.yaml')).account).toBe('physics');
  expect(defaultSiteFile({ XDG_CONFIG_HOME: folder })).toBe(join(folder, 'shatter/slurm.yaml'));
});
