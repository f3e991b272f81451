import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { Mailbox, received } from '../../../src/pipe/slurm/mailbox.ts';
import type { Report } from '../../../src/pipe/slurm/messages.ts';
import { FolderPost } from '../../../src/pipe/slurm/post.ts';
import { temporaryFolder } from '../project.ts';

test('messages arrive in the order of their sender, and only as a whole', () => {
  const folder = temporaryFolder();
  const [one, two] = [new Mailbox(realDisk, folder, 'a-1'), new Mailbox(realDisk, folder, 'b-1')];
  for (let i = 0; i < 12; i += 1) one.send(i);
  two.send('x');
  writeFileSync(join(folder, '.a-1.00000012.tmp'), 'half');
  const all = received(realDisk, folder);
  expect(all.filter(({ sender }) => sender === 'a-1').map(({ message }) => message)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
  ]);
  expect(all.filter(({ sender }) => sender === 'b-1').map(({ message }) => message)).toEqual(['x']);
});

test('a message that cannot be written leaves nothing, and the next has its number', () => {
  const folder = temporaryFolder();
  const mailbox = new Mailbox(
    {
      ...realDisk,
      rename() {
        throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      },
    },
    folder,
    'a',
  );
  expect(() => mailbox.send(1)).toThrow('full');
  expect(readdirSync(folder)).toEqual([]);
});

test('a message that is not all there yet holds up those after it, and is read once it is', () => {
  const folder = temporaryFolder();
  const post = new FolderPost(realDisk, folder);
  post.begin();
  const agent = new Mailbox(realDisk, join(folder, 'out'), 'ab-0');
  const first: readonly Report[] = [{ type: 'alive' }];
  agent.send(first);
  agent.send([{ type: 'bye' }] satisfies readonly Report[]);
  const path = join(folder, 'out', 'ab-0.00000000.json');
  const whole = readFileSync(path, 'utf8');
  writeFileSync(path, whole.slice(0, 50));
  const heard: string[] = [];
  const look = () => post.receive((slot, { type }) => void heard.push(`${slot} ${type}`));
  look();
  expect(heard).toEqual([]);
  writeFileSync(path, whole);
  look();
  expect(heard).toEqual(['ab-0 alive', 'ab-0 bye']);
  expect(readdirSync(join(folder, 'out'))).toEqual([]);
});

test('the next coordinator finds the name, the batches and the slots, until they are cleared', () => {
  const folder = join(temporaryFolder(), 'slurm');
  const needs = { cpus: 1, memory: 0, gpus: 0, time: 0 };
  const post = new FolderPost(realDisk, folder);
  post.begin();
  post.open({ id: 'ab', needs, size: 2 }, ['ab-0', 'ab-1']);
  post.close('ab-1');
  const next = new FolderPost(realDisk, folder);
  next.begin();
  expect(next.name).toBe(post.name);
  expect(next.batches()).toEqual([{ id: 'ab', needs, size: 2 }]);
  expect(next.slots()).toEqual(['ab-0']);
  next.clear();
  expect(realDisk.stat(folder)).toBeUndefined();
});
