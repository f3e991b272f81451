import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { identify, isAlive } from '../../../src/pipe/core/process-identity.ts';
import { WorkerRegistry } from '../../../src/pipe/workers/worker-registry.ts';
import { startProcess } from '../../processes.ts';
import { MemoryDisk } from '../memory-disk.ts';

const FOLDER = '/project/cache/workers';

/** A process that would live on. */
async function sleeper(): Promise<{ readonly pid: number }> {
  const child = startProcess(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    stdio: 'ignore',
    detached: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return { pid: child.pid ?? 0 };
}

test('a worker that outlived its runner is ended, and gone when that is done', async () => {
  const disk = new MemoryDisk('/project');
  const { pid } = await sleeper();
  new WorkerRegistry(disk, FOLDER).add(pid);
  const identity = identify(pid);
  await new WorkerRegistry(disk, FOLDER).endOrphans([]);
  expect(isAlive(identity)).toBe(false);
  expect(disk.list(FOLDER)).toEqual([]);
});

test('a process that only got the id of such a worker is left alone', async () => {
  const disk = new MemoryDisk('/project');
  const { pid } = await sleeper();
  disk.makeFolder(FOLDER);
  for (const other of [{ started: '1' }, { boot: 'earlier' }, { host: 'elsewhere' }]) {
    disk.write(`${FOLDER}/${pid}`, JSON.stringify({ ...identify(pid), ...other }));
    await new WorkerRegistry(disk, FOLDER).endOrphans([]);
    expect(isAlive(identify(pid))).toBe(true);
    expect(disk.list(FOLDER)).toEqual([]);
  }
});

test('own workers and damaged notes do no harm', async () => {
  const disk = new MemoryDisk('/project');
  const { pid } = await sleeper();
  const registry = new WorkerRegistry(disk, FOLDER);
  registry.add(pid);
  disk.write(`${FOLDER}/1`, '{"pid":');
  await registry.endOrphans([pid]);
  expect(isAlive(identify(pid))).toBe(true);
  expect(disk.list(FOLDER)).toEqual([String(pid)]);
});
