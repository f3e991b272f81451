import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { CarriedPost } from '../../../src/pipe/slurm/carried-post.ts';
import { AgentCourier } from '../../../src/pipe/slurm/courier.ts';
import { Mailbox, received } from '../../../src/pipe/slurm/mailbox.ts';
import type { Report } from '../../../src/pipe/slurm/messages.ts';
import { temporaryFolder } from '../project.ts';
import { MemoryStore } from '../remote/memory-store.ts';

const BATCH = { id: 'ab', needs: { cpus: 1, memory: 0, gpus: 0, time: 0 }, size: 1 };
const SLOT = 'ab-0';

function coordinator(store: MemoryStore, folder: string) {
  const post = new CarriedPost(realDisk, folder, store, () => {});
  post.begin();
  onTestFinished(() => post.end());
  return post;
}

function agent(store: MemoryStore, secret: string, lease = 60_000) {
  const folder = temporaryFolder();
  const inbox = join(folder, 'in', SLOT);
  for (const path of [inbox, join(folder, 'out')]) mkdirSync(path, { recursive: true });
  const courier = new AgentCourier({ disk: realDisk, store, secret, folder }, SLOT);
  void courier.serve(lease);
  onTestFinished(() => courier.end());
  return { courier, inbox, box: new Mailbox(realDisk, join(folder, 'out'), SLOT) };
}

const orders = (inbox: string) =>
  received(realDisk, inbox).flatMap(({ message }) => (message as { orders: unknown[] }).orders);

test('orders and reports get from folder to folder, also those of the next coordinator', async () => {
  const store = new MemoryStore();
  const folder = join(temporaryFolder(), 'slurm');
  const first = coordinator(store, folder);
  first.open(BATCH, [SLOT]);
  const { inbox, box } = agent(store, first.secret);
  first.send(SLOT, [{ type: 'report' }], 1);
  await vi.waitFor(() => expect(orders(inbox)).toEqual([{ type: 'report' }]), 5000);
  first.end();
  box.send([{ type: 'ending', reason: 'said to nobody' }] satisfies readonly Report[]);
  const second = coordinator(store, folder);
  second.send(SLOT, [{ type: 'exit' }], 1);
  const heard: Report[] = [];
  await vi.waitFor(() => {
    second.receive((_, report) => void heard.push(report));
    expect(heard).toEqual([{ type: 'ending', reason: 'said to nobody' }]);
    expect(orders(inbox)).toEqual([{ type: 'report' }, { type: 'exit' }]);
  }, 5000);
});

test('an agent whose slot was taken away finds its inbox gone, and so does one that hears of nobody', async () => {
  const store = new MemoryStore();
  const post = coordinator(store, join(temporaryFolder(), 'slurm'));
  post.open(BATCH, [SLOT]);
  const { inbox } = agent(store, post.secret);
  post.close(SLOT);
  await vi.waitFor(() => expect(existsSync(inbox)).toBe(false), 5000);
  const away = new MemoryStore();
  away.get = async () => {
    throw new Error('away');
  };
  const lonely = agent(away, 'secret', 0);
  await vi.waitFor(() => expect(existsSync(lonely.inbox)).toBe(false), 5000);
});

test('a second job in the same slot is told of the first', async () => {
  const store = new MemoryStore();
  const first = agent(store, 'secret');
  expect(await first.courier.isTaken()).toBe(false);
  first.box.send([{ type: 'alive' }] satisfies readonly Report[]);
  await first.courier.sendRest();
  const folder = temporaryFolder();
  const second = new AgentCourier({ disk: realDisk, store, secret: 'secret', folder }, SLOT);
  expect(await second.isTaken()).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
});
