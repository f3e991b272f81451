import { expect, test } from 'vitest';
import { encodeNote } from '../../../src/pipe/remote/action-result.ts';
import { Wire } from '../../../src/pipe/slurm/wire.ts';
import { MemoryStore } from '../remote/memory-store.ts';

test('messages arrive in their order, each under a name that only who has the secret can tell', async () => {
  const store = new MemoryStore();
  const [sender, reader] = [new Wire(store, 'secret', 'a'), new Wire(store, 'secret', 'a')];
  await sender.send('one');
  await sender.send('two');
  expect([await reader.receive(), await reader.receive(), await reader.receive()]).toEqual([
    'one',
    'two',
    undefined,
  ]);
  // In the form that caches of actions take.
  expect([...store.files.keys()].every((path) => /^ac\/[0-9a-f]{64}$/.test(path))).toBe(true);
  for (const other of [new Wire(store, 'guess', 'a'), new Wire(store, 'secret', 'b')]) {
    expect(await other.receive()).toBeUndefined();
  }
});

test('where messages can be removed, the first and the last stay', async () => {
  const store = new MemoryStore();
  const [sender, reader] = [new Wire(store, 'secret', 'a'), new Wire(store, 'secret', 'a')];
  for (const text of ['one', 'two', 'three', 'four']) await sender.send(text);
  const [first, , , last] = [...store.files.keys()];
  for (const text of ['one', 'two', 'three', 'four']) expect(await reader.receive()).toBe(text);
  expect([...store.files.keys()]).toEqual([first, last]);
  // Whoever takes over from the sender, not knowing of the last, goes on after it.
  expect(await new Wire(store, 'secret', 'a', 3).isTaken()).toBe(true);
  expect(await new Wire(store, 'secret', 'a').isTaken()).toBe(true);
});

test('what somebody else has written is not believed, nor a message in the place of another', async () => {
  const store = new MemoryStore();
  const sender = new Wire(store, 'secret', 'a');
  await sender.send('run one');
  await sender.send('run two');
  const [first, second] = [...store.files.keys()];
  const genuine = store.files.get(first) ?? Buffer.alloc(0);
  const replayed = store.files.get(second) ?? Buffer.alloc(0);
  const reader = new Wire(store, 'secret', 'a');
  const forgeries = [
    replayed,
    encodeNote(`${'0'.repeat(64)}run evil`),
    encodeNote('run evil'),
    Buffer.from('no record'),
    genuine.subarray(0, -1),
  ];
  for (const forged of forgeries) {
    store.files.set(first, forged);
    expect(await reader.receive()).toBeUndefined();
  }
  store.files.set(first, genuine);
  expect(await reader.receive()).toBe('run one');
});

test('a message that could not be stored is sent again under its number', async () => {
  const store = new MemoryStore();
  const put = store.put.bind(store);
  store.put = async () => {
    throw new Error('full');
  };
  const sender = new Wire(store, 'secret', 'a');
  await expect(sender.send('one')).rejects.toThrow('full');
  store.put = put;
  expect(await sender.isTaken()).toBe(false);
  await sender.send('one');
  expect(await new Wire(store, 'secret', 'a').receive()).toBe('one');
  expect(await new Wire(store, 'secret', 'a').isTaken()).toBe(true);
});
