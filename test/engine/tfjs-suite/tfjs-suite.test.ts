import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runSuite } from './bundle.ts';
import { EXCEPTIONS } from './exceptions.ts';

test("tfjs-core's own tests pass on the engine's backend, but for the listed exceptions", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shatter-tfjs-suite-'));
  try {
    const results = await runSuite(folder);
    const failed = results.filter(({ status }) => status === 'failed');
    expect(failed.filter(({ name }) => !Object.hasOwn(EXCEPTIONS, name))).toEqual([]);
    expect(failed.map(({ name }) => name).sort()).toEqual(Object.keys(EXCEPTIONS).sort());
    const passed = results.filter(({ status }) => status === 'passed');
    expect(passed.length).toBeGreaterThanOrEqual(4_200);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 180_000);
