import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Traces } from '../../../src/pipe/workers/traces.ts';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
});

// Objects of vitest change when they are looked at for the first time.
new Traces().find(true);

const root = globalThis as unknown as Record<string, unknown>;

/** Changes that an assignment or `delete` makes, and what undoes each. */
const ASSIGNED: Readonly<Record<string, () => () => void>> = {
  'a global variable': () => {
    root.added = 1;
    return () => delete root.added;
  },
  'a function of an object': () => {
    const { max } = Math;
    Math.max = () => 1;
    return () => {
      Math.max = max;
    };
  },
  'a property of a function': () => {
    Object.assign(Array.prototype.map, { calls: 1 });
    return () => delete (Array.prototype.map as { calls?: number }).calls;
  },
  'a property of what only an instance leads to': () => {
    const prototype = Object.getPrototypeOf([].values());
    prototype.extra = 1;
    return () => delete prototype.extra;
  },
  'a missing accessor': () => {
    const { prototype } = Map;
    const size = Object.getOwnPropertyDescriptor(prototype, 'size') ?? {};
    delete (prototype as { size?: number }).size;
    return () => Object.defineProperty(prototype, 'size', size);
  },
  'a module of Node': () => {
    const { basename } = path;
    path.basename = () => '';
    return () => {
      path.basename = basename;
    };
  },
  'a listener': () => {
    const listener = () => {};
    process.on('SIGUSR2', listener);
    return () => process.off('SIGUSR2', listener);
  },
  'an exit code': () => {
    process.exitCode = 1;
    return () => {
      process.exitCode = undefined;
    };
  },
};

test.each(Object.entries(ASSIGNED))('%s is found', (_, change) => {
  const traces = new Traces();
  traces.remember(['path']);
  const before = [traces.find(true), traces.find(false)];
  undo.push(change());
  const after = [traces.find(true), traces.find(false)];
  expect(before).toEqual([undefined, undefined]);
  expect(after).toEqual([expect.any(String), expect.any(String)]);
});

test('what is defined, and not assigned, is found by the thorough search', () => {
  const traces = new Traces();
  Object.defineProperty(Array.prototype, 'extra', { value: 1, configurable: true });
  undo.push(() => delete (Array.prototype as { extra?: number }).extra);
  const found = traces.find(false);
  expect(found).toBe('extra');
});

test('the registries that zod sets when it is loaded are its own', () => {
  const traces = new Traces();
  root.__zod_test = {};
  undo.push(() => delete root.__zod_test);
  const found = [traces.find(true), traces.find(false)];
  expect(found).toEqual([undefined, undefined]);
});
