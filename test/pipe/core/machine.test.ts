import { expect, test } from 'vitest';
import {
  describeMachine,
  machineType,
  runtimeOf,
  thisRuntime,
} from '../../../src/pipe/core/machine.ts';

const machine = { ...describeMachine(), platform: 'linux-x64', cpu: 'AMD EPYC', node: 'v20.19.1' };
const cpuinfo = (family: number, flags: string) =>
  `processor\t: 0\ncpu family\t: ${family}\nmodel\t\t: 2\nmodel name\t: AMD EPYC\nflags\t\t: ${flags}\n`;

test('two generations of processors with one name are two types of machine', () => {
  const older = machineType(machine, cpuinfo(25, 'fpu sse2 avx avx2 fma'));
  const newer = machineType(machine, cpuinfo(26, 'fpu sse2 avx avx2 fma avx512f'));
  expect(older).toMatch(/^linux-x64, node 20, AMD EPYC, family 25, model 2, vector [0-9a-f]{8}$/);
  expect(newer).not.toBe(older);
});

test('the type depends on vector instructions, not on other flags or their order', () => {
  const type = (flags: string) => machineType(machine, cpuinfo(26, flags));
  expect(type('sse2 avx2 fma')).toBe(type('fma fpu avx2 ht sse2'));
  expect(type('sse2 avx2 fma')).not.toBe(type('sse2 avx2 fma avx512f'));
});

test('without a description by the system, the type is platform and name', () => {
  const nowhere = { ...machine, platform: 'darwin-arm64', cpu: 'Apple M3' };
  expect(machineType(nowhere, '')).toMatch(/^darwin-arm64, node 20, Apple M3, /);
});

test('a runtime is a platform and a major version of Node: a minor one is the same', () => {
  expect(runtimeOf(machine)).toBe('linux-x64, node 20');
  expect(runtimeOf({ ...machine, node: 'v20.20.0' })).toBe(runtimeOf(machine));
  expect(runtimeOf({ ...machine, node: 'v22.0.0-nightly' })).toBe('linux-x64, node 22');
  expect(thisRuntime()).toBe(runtimeOf(describeMachine()));
});
